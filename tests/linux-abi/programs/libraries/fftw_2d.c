// FFTW in two and three dimensions: there and back, and a plane wave becomes one point.
#include "../report.h"

#include <complex.h>
#include <fftw3.h>
#include <math.h>

enum { rows = 96, columns = 80 };

int main(void) {
    const double turn = 2 * acos(-1.0);
    fftw_complex* field = fftw_alloc_complex(rows * columns);
    fftw_complex* spectrum = fftw_alloc_complex(rows * columns);
    fftw_plan forward = fftw_plan_dft_2d(rows, columns, field, spectrum, FFTW_FORWARD, FFTW_ESTIMATE);
    fftw_plan backward = fftw_plan_dft_2d(rows, columns, spectrum, field, FFTW_BACKWARD, FFTW_ESTIMATE);
    for (int i = 0; i < rows; ++i) {
        for (int k = 0; k < columns; ++k) {
            field[i * columns + k] = cexp(turn * I * (5.0 * i / rows + 7.0 * k / columns));
        }
    }
    fftw_execute(forward);
    double elsewhere = 0;
    for (int i = 0; i < rows * columns; ++i) {
        if (i != 5 * columns + 7) {
            elsewhere = fmax(elsewhere, cabs(spectrum[i]));
        }
    }
    report("a plane wave is one point", cabs(spectrum[5 * columns + 7] - rows * columns) < 1e-8 && elsewhere < 1e-8);
    fftw_execute(backward);
    double worst = 0;
    for (int i = 0; i < rows; ++i) {
        for (int k = 0; k < columns; ++k) {
            const double complex exact = cexp(turn * I * (5.0 * i / rows + 7.0 * k / columns));
            worst = fmax(worst, cabs(field[i * columns + k] / (rows * columns) - exact));
        }
    }
    report("there and back", worst < 1e-12);
    fftw_destroy_plan(forward);
    fftw_destroy_plan(backward);
    const int n = 24;
    double* cube = fftw_alloc_real((size_t)(n * n * n));
    fftw_complex* transformed = fftw_alloc_complex((size_t)(n * n * (n / 2 + 1)));
    fftw_plan there = fftw_plan_dft_r2c_3d(n, n, n, cube, transformed, FFTW_ESTIMATE);
    fftw_plan back = fftw_plan_dft_c2r_3d(n, n, n, transformed, cube, FFTW_ESTIMATE);
    double sum = 0;
    for (int i = 0; i < n * n * n; ++i) {
        cube[i] = i * 37 % 101;
        sum += cube[i];
    }
    fftw_execute(there);
    report("the zero frequency is the sum", fabs(creal(transformed[0]) - sum) < 1e-7);
    fftw_execute(back);
    worst = 0;
    for (int i = 0; i < n * n * n; ++i) {
        worst = fmax(worst, fabs(cube[i] / (n * n * n) - i * 37 % 101));
    }
    report("three dimensions there and back", worst < 1e-11);
    return report_end();
}
