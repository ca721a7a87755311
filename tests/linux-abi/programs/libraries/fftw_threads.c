// FFTW with its own threads gives what it gives without.
#include "../report.h"

#include <complex.h>
#include <fftw3.h>
#include <math.h>

enum { rows = 256, columns = 256 };

static void transform(int threads, fftw_complex* out) {
    fftw_complex* in = fftw_alloc_complex(rows * columns);
    fftw_plan_with_nthreads(threads);
    fftw_plan plan = fftw_plan_dft_2d(rows, columns, in, out, FFTW_FORWARD, FFTW_ESTIMATE);
    for (int i = 0; i < rows * columns; ++i) {
        in[i] = sin(i * 0.01) + cos(i * 0.37) * I;
    }
    for (int round = 0; round < 5; ++round) {
        fftw_execute(plan);
    }
    fftw_destroy_plan(plan);
    fftw_free(in);
}

int main(void) {
    report("fftw_init_threads", fftw_init_threads() != 0);
    fftw_complex* one = fftw_alloc_complex(rows * columns);
    fftw_complex* several = fftw_alloc_complex(rows * columns);
    transform(1, one);
    for (int threads = 2; threads <= 4; ++threads) {
        transform(threads, several);
        double worst = 0;
        for (int i = 0; i < rows * columns; ++i) {
            worst = fmax(worst, cabs(one[i] - several[i]));
        }
        report_number("threads", threads);
        report("the same", worst < 1e-9);
    }
    // Its threads sleep until the program ends: fftw_cleanup_threads() has all of them leave at once by pthread_exit,
    // where the unwinder that libgcc 12 links into static programs aborts now and then, under Linux too.
    return report_end();
}
