// OpenBLAS with threads of its own: the same products with one thread and with several,
// and called from many threads at once.
#include "../report.h"

#include <cblas.h>
#include <cmath>
#include <thread>
#include <vector>

extern "C" void openblas_set_num_threads(int);
extern "C" int openblas_get_num_threads();

namespace {

constexpr int size = 384;

std::vector<double> product(double scale) {
    std::vector<double> a(size * size);
    std::vector<double> b(size * size);
    std::vector<double> c(size * size, 0.0);
    for (int i = 0; i < size * size; ++i) {
        a[i] = (i * 7 % 13 - 6) * scale;
        b[i] = i * 11 % 17 - 8;
    }
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, size, size, size, 1.0, a.data(), size, b.data(), size, 0.0,
                c.data(), size);
    return c;
}

bool close(const std::vector<double>& one, const std::vector<double>& other, double scale) {
    double worst = 0;
    for (std::size_t i = 0; i < one.size(); ++i) {
        worst = std::fmax(worst, std::fabs(one[i] * scale - other[i]));
    }
    return worst < 1e-9;
}

} // namespace

int main() {
    openblas_set_num_threads(1);
    const auto one = product(1.0);
    for (const int threads : {2, 3, 4}) {
        openblas_set_num_threads(threads);
        report_number("threads", openblas_get_num_threads());
        report("the same product", close(one, product(1.0), 1.0));
    }
    openblas_set_num_threads(1);
    std::vector<std::thread> threads;
    int right[4] = {};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] { right[t] = close(one, product(t + 1.0), t + 1.0); });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    report_number("called by threads at once", right[0] + right[1] + right[2] + right[3]);
    return report_end();
}
