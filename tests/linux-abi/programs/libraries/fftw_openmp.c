// FFTW parallel by OpenMP, inside a program that uses OpenMP itself.
#include "../report.h"

#include <complex.h>
#include <fftw3.h>
#include <math.h>
#include <omp.h>

enum { size = 1 << 16 };

int main(void) {
    report("fftw_init_threads", fftw_init_threads() != 0);
    fftw_plan_with_nthreads(omp_get_max_threads());
    fftw_complex* data = fftw_alloc_complex(size);
    fftw_plan forward = fftw_plan_dft_1d(size, data, data, FFTW_FORWARD, FFTW_ESTIMATE);
    fftw_plan backward = fftw_plan_dft_1d(size, data, data, FFTW_BACKWARD, FFTW_ESTIMATE);
#pragma omp parallel for
    for (int i = 0; i < size; ++i) {
        data[i] = sin(i * 0.01) + cos(i * 0.003) * I;
    }
    for (int round = 0; round < 3; ++round) {
        fftw_execute(forward);
        fftw_execute(backward);
#pragma omp parallel for
        for (int i = 0; i < size; ++i) {
            data[i] /= size;
        }
    }
    double worst = 0;
#pragma omp parallel for reduction(max : worst)
    for (int i = 0; i < size; ++i) {
        worst = fmax(worst, cabs(data[i] - (sin(i * 0.01) + cos(i * 0.003) * I)));
    }
    report("there and back three times", worst < 1e-12);
    return report_end();
}
