// OpenBLAS dgemm of several shapes, checked against the definition in long double.
#include "../report.h"

#include <cblas.h>
#include <cmath>
#include <vector>

namespace {

double entry(int i, int k) {
    return ((i * 31 + k * 17) % 101 - 50) / 64.0;
}

std::vector<double> filled(int rows, int columns, int shift) {
    std::vector<double> matrix(static_cast<std::size_t>(rows) * columns);
    for (int i = 0; i < rows; ++i) {
        for (int k = 0; k < columns; ++k) {
            matrix[static_cast<std::size_t>(i) * columns + k] = entry(i + shift, k);
        }
    }
    return matrix;
}

bool right(int m, int n, int k) {
    const auto a = filled(m, k, 1);
    const auto b = filled(k, n, 2);
    auto c = filled(m, n, 3);
    const auto before = c;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1.5, a.data(), k, b.data(), n, -0.5, c.data(), n);
    double worst = 0;
    for (int i = 0; i < m; i += 1 + m / 40) {
        for (int j = 0; j < n; j += 1 + n / 40) {
            long double sum = 0;
            for (int l = 0; l < k; ++l) {
                sum += static_cast<long double>(a[static_cast<std::size_t>(i) * k + l]) *
                       b[static_cast<std::size_t>(l) * n + j];
            }
            const std::size_t place = static_cast<std::size_t>(i) * n + j;
            worst = std::fmax(worst, std::fabs(static_cast<double>(1.5L * sum - 0.5L * before[place]) - c[place]));
        }
    }
    return worst < 1e-13 * k;
}

} // namespace

int main() {
    report("1 by 1", right(1, 1, 1));
    report("17 by 5 by 9", right(17, 5, 9));
    report("64 by 64", right(64, 64, 64));
    report("200 by 300 by 100", right(200, 300, 100));
    report("513 by 511 by 257", right(513, 511, 257));
    std::vector<double> x(10000);
    std::vector<double> y(10000, 1.0);
    for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = static_cast<double>(i % 100);
    }
    cblas_daxpy(10000, 2.0, x.data(), 1, y.data(), 1);
    printf("ddot %.1f dasum %.1f idamax %d\n", cblas_ddot(10000, x.data(), 1, y.data(), 1),
           cblas_dasum(10000, y.data(), 1), static_cast<int>(cblas_idamax(10000, y.data(), 1)));
    return report_end();
}
