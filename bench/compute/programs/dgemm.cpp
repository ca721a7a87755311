// Dense matrix multiplication by OpenBLAS: the median time of many products becomes
// a ROW line in GFLOP/s. Every product is of the same matrices; the last is checked
// against sums taken in extended precision, and its checksum is printed.
// Usage: dgemm [--smoke | REPETITIONS]
#include <algorithm>
#include <cblas.h>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

constexpr long repetitions_default = 7;
constexpr long repetitions_max = 1000;
constexpr double residual_max = 1e-15; // relative to size times the largest product

struct Matrices {
    int size;
    std::vector<double> a, b, c;
};

Matrices make(int size) {
    Matrices matrices{size, {}, {}, {}};
    const auto count = static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
    matrices.a.resize(count);
    matrices.b.resize(count);
    matrices.c.assign(count, 0.0);
    for (std::size_t i = 0; i < count; ++i) {
        matrices.a[i] = static_cast<double>(i * 31 % 127) / 127 - 0.5;
        matrices.b[i] = static_cast<double>(i * 17 % 113) / 113 - 0.5;
    }
    return matrices;
}

double seconds_of_product(Matrices& m) {
    const auto start = std::chrono::steady_clock::now();
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m.size, m.size, m.size, 1.0, m.a.data(), m.size, m.b.data(),
                m.size, 0.0, m.c.data(), m.size);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The largest error among rows and columns spread over the result, as residual_max counts it.
double residual(const Matrices& m) {
    const auto size = static_cast<std::size_t>(m.size);
    const std::size_t step = 1 + size / 24;
    double worst = 0;
    for (std::size_t i = 0; i < size; i += step) {
        for (std::size_t j = 0; j < size; j += step) {
            long double sum = 0;
            for (std::size_t k = 0; k < size; ++k) {
                sum += static_cast<long double>(m.a[i * size + k]) * m.b[k * size + j];
            }
            worst = std::max(worst, std::fabs(static_cast<double>(sum) - m.c[i * size + j]));
        }
    }
    return worst / (0.25 * m.size);
}

} // namespace

int main(int argc, char** argv) {
    const bool smoke = argc > 1 && std::strcmp(argv[1], "--smoke") == 0;
    const long repetitions = smoke ? 1 : argc > 1 ? std::strtol(argv[1], nullptr, 10) : repetitions_default;
    if (repetitions < 1 || repetitions > repetitions_max) {
        std::fprintf(stderr, "dgemm: the repetitions must be a number from 1 to %ld, not '%s'\n", repetitions_max,
                     argv[1]);
        return 2;
    }
    Matrices matrices = make(smoke ? 64 : 384);
    seconds_of_product(matrices); // the first starts threads and touches memory
    std::vector<double> seconds;
    for (long i = 0; i < repetitions; ++i) {
        seconds.push_back(seconds_of_product(matrices));
    }
    const double error = residual(matrices);
    if (!(error <= residual_max)) {
        std::fprintf(stderr, "dgemm: the residual is %.2e, more than %.0e\n", error, residual_max);
        return 1;
    }
    std::sort(seconds.begin(), seconds.end());
    const double operations = 2.0 * matrices.size * matrices.size * matrices.size;
    std::printf("ROW dgemm GFLOP/s %.6f\n", operations / seconds[seconds.size() / 2] / 1e9);
    double checksum = 0;
    for (const double value : matrices.c) {
        checksum += value;
    }
    std::printf("checksum %.6f, residual within %.0e\n", checksum, residual_max);
    return 0;
}
