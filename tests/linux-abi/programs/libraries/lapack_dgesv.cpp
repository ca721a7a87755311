// LAPACK from OpenBLAS: linear systems, eigenvalues and singular values, by their residuals.
#include "../report.h"

#include <algorithm>
#include <cmath>
#include <vector>

extern "C" {
void dgesv_(const int* n, const int* nrhs, double* a, const int* lda, int* ipiv, double* b, const int* ldb, int* info);
void dpotrf_(const char* uplo, const int* n, double* a, const int* lda, int* info);
void dsyev_(const char* jobz, const char* uplo, const int* n, double* a, const int* lda, double* w, double* work,
            const int* lwork, int* info);
}

namespace {
double entry(int i, int k, int n) {
    return std::sin(1.0 + i * 0.7 + k * 1.3) + (i == k ? n * 0.5 : 0.0);
}
} // namespace

int main() {
    for (const int n : {1, 10, 100, 300}) {
        std::vector<double> a(static_cast<std::size_t>(n) * n);
        std::vector<double> b(n, 0.0);
        for (int k = 0; k < n; ++k) {
            for (int i = 0; i < n; ++i) {
                a[static_cast<std::size_t>(k) * n + i] = entry(i, k, n);
                b[i] += entry(i, k, n) * (k + 1);
            }
        }
        std::vector<int> pivots(n);
        const int one = 1;
        int info = -1;
        dgesv_(&n, &one, a.data(), &n, pivots.data(), b.data(), &n, &info);
        double worst = 0;
        for (int k = 0; k < n; ++k) {
            worst = std::max(worst, std::fabs(b[k] - (k + 1)) / (k + 1));
        }
        report_number("size", n);
        report("dgesv", info == 0 && worst < 1e-10);
    }
    const int n = 60;
    std::vector<double> laplacian(n * n, 0.0);
    for (int i = 0; i < n; ++i) {
        laplacian[i * n + i] = 2;
        if (i > 0) {
            laplacian[i * n + i - 1] = laplacian[(i - 1) * n + i] = -1;
        }
    }
    auto cholesky = laplacian;
    int info = -1;
    dpotrf_("L", &n, cholesky.data(), &n, &info);
    report("dpotrf", info == 0 && std::fabs(cholesky[0] - std::sqrt(2.0)) < 1e-15);
    std::vector<double> eigenvalues(n);
    std::vector<double> work(100 * n);
    const int work_size = static_cast<int>(work.size());
    dsyev_("V", "U", &n, laplacian.data(), &n, eigenvalues.data(), work.data(), &work_size, &info);
    double worst = 0;
    for (int i = 0; i < n; ++i) {
        const double exact = 2 - 2 * std::cos((i + 1) * std::acos(-1.0) / (n + 1));
        worst = std::max(worst, std::fabs(eigenvalues[i] - exact));
    }
    report("dsyev", info == 0 && worst < 1e-12);
    std::vector<double> singular(4, 0.0);
    std::vector<double> right_side(2, 1.0);
    int pivots[2];
    const int two = 2;
    const int one = 1;
    dgesv_(&two, &one, singular.data(), &two, pivots, right_side.data(), &two, &info);
    report("a singular system is told", info == 1);
    return report_end();
}
