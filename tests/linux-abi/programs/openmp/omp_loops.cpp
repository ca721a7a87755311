// Parallel loops: every schedule does every iteration once; reductions; ordered;
// collapse; lastprivate; the number of threads as asked for.
#include "../report.h"

#include <omp.h>
#include <vector>

int main() {
    const char* asked = getenv("OMP_NUM_THREADS");
    report("as many threads as OMP_NUM_THREADS", asked && omp_get_max_threads() == atoi(asked));
    int team = 0;
#pragma omp parallel
#pragma omp single
    team = omp_get_num_threads();
    report("and the team has them", team == omp_get_max_threads());

    constexpr int size = 100000;
    std::vector<int> visits(size, 0);
#pragma omp parallel for schedule(static)
    for (int i = 0; i < size; ++i) {
        ++visits[i];
    }
#pragma omp parallel for schedule(static, 7)
    for (int i = 0; i < size; ++i) {
        ++visits[i];
    }
#pragma omp parallel for schedule(dynamic, 13)
    for (int i = 0; i < size; ++i) {
        ++visits[i];
    }
#pragma omp parallel for schedule(guided)
    for (int i = 0; i < size; ++i) {
        ++visits[i];
    }
#pragma omp parallel for schedule(runtime)
    for (int i = 0; i < size; ++i) {
        ++visits[i];
    }
    int wrong = 0;
#pragma omp parallel for reduction(+ : wrong)
    for (int i = 0; i < size; ++i) {
        wrong += visits[i] != 5;
    }
    report_number("visited other than five times", wrong);

    long sum = 0;
    long product = 1;
    int most = -1;
    unsigned bits = 0;
#pragma omp parallel for reduction(+ : sum) reduction(* : product) reduction(max : most) reduction(| : bits)
    for (int i = 1; i <= 20; ++i) {
        sum += i * i;
        product = product * i % 1000003;
        most = i * 37 % 101 > most ? i * 37 % 101 : most;
        bits |= 1u << i;
    }
    report_number("sum", sum);
    report_number("most", most);
    report_number("bits", bits);
    report("product", product != 0);
    int order[50];
    int next = 0;
#pragma omp parallel for ordered schedule(dynamic)
    for (int i = 0; i < 50; ++i) {
#pragma omp ordered
        order[next++] = i;
    }
    bool ordered = true;
    for (int i = 0; i < 50; ++i) {
        ordered = ordered && order[i] == i;
    }
    report("ordered", ordered);
    int last = 0;
    long pairs = 0;
#pragma omp parallel for collapse(2) lastprivate(last) reduction(+ : pairs)
    for (int i = 0; i < 30; ++i) {
        for (int k = 0; k < 40; ++k) {
            pairs += i * k;
            last = i * 100 + k;
        }
    }
    report_number("pairs", pairs);
    report_number("last", last);
    int histogram[10] = {};
#pragma omp parallel for reduction(+ : histogram)
    for (int i = 0; i < 1000; ++i) {
        ++histogram[i * i % 10];
    }
    report_number("an array reduced", histogram[9]);
    return report_end();
}
