// Tasks: recursive, with dependences, in groups, from loops, by priority.
#include "../report.h"

#include <omp.h>
#include <vector>

namespace {

long fibonacci(int n) {
    if (n < 2) {
        return n;
    }
    long a = 0;
    long b = 0;
#pragma omp task shared(a) if (n > 12)
    a = fibonacci(n - 1);
#pragma omp task shared(b) if (n > 12)
    b = fibonacci(n - 2);
#pragma omp taskwait
    return a + b;
}

void sort(std::vector<int>& values, long first, long last) {
    if (last - first < 2) {
        return;
    }
    const int pivot = values[(first + last) / 2];
    long left = first;
    long right = last - 1;
    while (left <= right) {
        while (values[left] < pivot) {
            ++left;
        }
        while (values[right] > pivot) {
            --right;
        }
        if (left <= right) {
            std::swap(values[left++], values[right--]);
        }
    }
#pragma omp task shared(values) if (right - first > 500)
    sort(values, first, right + 1);
#pragma omp task shared(values) if (last - left > 500)
    sort(values, left, last);
#pragma omp taskwait
}

} // namespace

int main() {
    long result = 0;
#pragma omp parallel
#pragma omp single
    result = fibonacci(22);
    report_number("fibonacci", result);

    std::vector<int> values(20000);
    unsigned state = 1;
    for (int& value : values) {
        state = state * 1664525 + 1013904223;
        value = static_cast<int>(state >> 8);
    }
#pragma omp parallel
#pragma omp single
    sort(values, 0, static_cast<long>(values.size()));
    bool sorted = true;
    for (std::size_t i = 1; i < values.size(); ++i) {
        sorted = sorted && values[i - 1] <= values[i];
    }
    report("sorted", sorted);

    int chain = 1;
#pragma omp parallel
#pragma omp single
    for (int i = 0; i < 10; ++i) {
#pragma omp task depend(inout : chain) shared(chain)
        chain = chain * 3 + 1;
    }
    report_number("a chain of dependences", chain);
    long sum = 0;
#pragma omp parallel
#pragma omp single
#pragma omp taskloop reduction(+ : sum) grainsize(10)
    for (int i = 0; i < 1000; ++i) {
        sum += i;
    }
    report_number("taskloop", sum);
    int grouped = 0;
    int seen = 0;
#pragma omp parallel
#pragma omp single
    {
#pragma omp taskgroup
        for (int i = 0; i < 100; ++i) {
#pragma omp task shared(grouped)
            {
#pragma omp atomic
                ++grouped;
            }
        }
        seen = grouped;
    }
    report_number("all done at the end of the group", seen);
    return report_end();
}
