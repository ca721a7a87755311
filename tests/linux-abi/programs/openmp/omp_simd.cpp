// Vectorised loops in parallel: each thread's vector registers are its own.
#include "../report.h"

#include <cmath>
#include <vector>

int main() {
    constexpr int size = 1 << 16;
    std::vector<double> x(size);
    std::vector<double> y(size);
#pragma omp parallel for simd
    for (int i = 0; i < size; ++i) {
        x[i] = i * 0.5;
        y[i] = 1.0;
    }
    for (int round = 0; round < 50; ++round) {
#pragma omp parallel for simd schedule(dynamic, 512)
        for (int i = 0; i < size; ++i) {
            y[i] = y[i] * 0.5 + x[i];
        }
    }
    // The fixed point is 2x; fifty halvings bring y there.
    double worst = 0;
#pragma omp parallel for simd reduction(max : worst)
    for (int i = 0; i < size; ++i) {
        worst = std::fmax(worst, std::fabs(y[i] - 2 * x[i]));
    }
    report("converged", worst < 1e-6);
    double dot = 0;
#pragma omp simd reduction(+ : dot)
    for (int i = 0; i < 1000; ++i) {
        dot += static_cast<double>(i) * i;
    }
    printf("dot %.0f\n", dot);
    return report_end();
}
