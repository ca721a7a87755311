// FFTW in one dimension: against the definition, there and back, real input, Parseval.
#include "../report.h"

#include <complex.h>
#include <fftw3.h>
#include <math.h>

static double complex value(int i) {
    return sin(i * 0.37) + 0.25 * cos(i * i * 0.11) * I;
}

int main(void) {
    const int sizes[] = {1, 8, 17, 100, 1024, 3 * 5 * 7 * 11};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
        const int n = sizes[s];
        fftw_complex* in = fftw_alloc_complex((size_t)n);
        fftw_complex* out = fftw_alloc_complex((size_t)n);
        fftw_plan forward = fftw_plan_dft_1d(n, in, out, FFTW_FORWARD, FFTW_ESTIMATE);
        fftw_plan backward = fftw_plan_dft_1d(n, out, in, FFTW_BACKWARD, FFTW_ESTIMATE);
        double energy = 0;
        for (int i = 0; i < n; ++i) {
            in[i] = value(i);
            energy += creal(in[i]) * creal(in[i]) + cimag(in[i]) * cimag(in[i]);
        }
        fftw_execute(forward);
        double worst = 0;
        double energy_after = 0;
        for (int k = 0; k < n; k += 1 + n / 20) {
            double complex sum = 0;
            for (int i = 0; i < n; ++i) {
                sum += value(i) * cexp(-2 * acos(-1.0) * I * ((double)i * k / n));
            }
            worst = fmax(worst, cabs(sum - out[k]));
        }
        for (int k = 0; k < n; ++k) {
            energy_after += creal(out[k]) * creal(out[k]) + cimag(out[k]) * cimag(out[k]);
        }
        fftw_execute(backward);
        double back = 0;
        for (int i = 0; i < n; ++i) {
            back = fmax(back, cabs(in[i] / n - value(i)));
        }
        report_number("size", n);
        report("by the definition", worst < 1e-9 * n);
        report("there and back", back < 1e-13);
        report("the same energy", fabs(energy_after / n - energy) < 1e-10 * energy + 1e-12);
        fftw_destroy_plan(forward);
        fftw_destroy_plan(backward);
        fftw_free(in);
        fftw_free(out);
    }
    double* real = fftw_alloc_real(256);
    fftw_complex* half = fftw_alloc_complex(129);
    fftw_plan plan = fftw_plan_dft_r2c_1d(256, real, half, FFTW_MEASURE);
    for (int i = 0; i < 256; ++i) {
        real[i] = cos(2 * acos(-1.0) * 10 * i / 256);
    }
    fftw_execute(plan);
    report("a cosine has one line", fabs(creal(half[10]) - 128) < 1e-10 && cabs(half[11]) < 1e-10);
    fftw_destroy_plan(plan);
    fftw_free(real);
    fftw_free(half);
    fftw_cleanup();
    return report_end();
}
