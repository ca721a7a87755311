// Memory bandwidth: the four loops that the STREAM benchmark made usual (copy,
// scale, add, triad) over three arrays, in parallel by OpenMP, each many times; the
// median time of each becomes a ROW line in MB/s. The arrays' final values are
// known exactly and checked. An ordinary program, valid as C and as C++.
// Usage: stream [--smoke | REPETITIONS]
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Each repetition multiplies a by 15: 200 of them stay within the range of a double.
enum { repetitions_max = 200, loops = 4 };
static const long repetitions_default = 15;

static const double scalar = 3.0;
static double seconds[loops][repetitions_max];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare(const void* a, const void* b) {
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

static void copy(double* c, const double* a, long size) {
#pragma omp parallel for schedule(static)
    for (long i = 0; i < size; ++i) {
        c[i] = a[i];
    }
}

static void scale(double* b, const double* c, long size) {
#pragma omp parallel for schedule(static)
    for (long i = 0; i < size; ++i) {
        b[i] = scalar * c[i];
    }
}

static void add(double* c, const double* a, const double* b, long size) {
#pragma omp parallel for schedule(static)
    for (long i = 0; i < size; ++i) {
        c[i] = a[i] + b[i];
    }
}

static void triad(double* a, const double* b, const double* c, long size) {
#pragma omp parallel for schedule(static)
    for (long i = 0; i < size; ++i) {
        a[i] = b[i] + scalar * c[i];
    }
}

static void run(double* a, double* b, double* c, long size, long repetitions) {
    for (long k = 0; k < repetitions; ++k) {
        const double start = now();
        copy(c, a, size);
        const double copied = now();
        scale(b, c, size);
        const double scaled = now();
        add(c, a, b, size);
        const double added = now();
        triad(a, b, c, size);
        const double done = now();
        seconds[0][k] = copied - start;
        seconds[1][k] = scaled - copied;
        seconds[2][k] = added - scaled;
        seconds[3][k] = done - added;
    }
}

// Every element of an array went through the same operations, so one triple of numbers stands for
// all of them. Gives how many elements differ from it, and the sum of a as a checksum.
static long wrong_elements(const double* a, const double* b, const double* c, long size, long repetitions,
                           double* checksum) {
    double one_a = 1.0;
    double one_b = 2.0;
    double one_c = 0.0;
    for (long k = 0; k < repetitions; ++k) {
        one_c = one_a;
        one_b = scalar * one_c;
        one_c = one_a + one_b;
        one_a = one_b + scalar * one_c;
    }
    long wrong = 0;
    *checksum = 0;
    for (long i = 0; i < size; ++i) {
        wrong += a[i] != one_a || b[i] != one_b || c[i] != one_c;
        *checksum += a[i] / one_a;
    }
    return wrong;
}

static void print_row(const char* name, double* times, long repetitions, double bytes) {
    qsort(times, (size_t)repetitions, sizeof *times, compare);
    printf("ROW %s MB/s %.3f\n", name, bytes / times[repetitions / 2] / 1e6);
}

int main(int argc, char** argv) {
    const int smoke = argc > 1 && strcmp(argv[1], "--smoke") == 0;
    const long size = smoke ? 20000 : 2000000; // three arrays of 16 MB: more than caches hold
    const long repetitions = smoke ? 3 : argc > 1 ? strtol(argv[1], NULL, 10) : repetitions_default;
    if (repetitions < 1 || repetitions > repetitions_max) {
        fprintf(stderr, "stream: the repetitions must be a number from 1 to %d, not '%s'\n", repetitions_max, argv[1]);
        return 2;
    }
    const size_t bytes = (size_t)size * sizeof(double);
    double* a = (double*)aligned_alloc(64, bytes);
    double* b = (double*)aligned_alloc(64, bytes);
    double* c = (double*)aligned_alloc(64, bytes);
    if (!a || !b || !c) {
        fprintf(stderr, "stream: there is no memory for three arrays of %zu bytes\n", bytes);
        return 1;
    }
#pragma omp parallel for schedule(static)
    for (long i = 0; i < size; ++i) {
        a[i] = 1.0;
        b[i] = 2.0;
        c[i] = 0.0;
    }
    run(a, b, c, size, repetitions);
    double checksum = 0;
    const long wrong = wrong_elements(a, b, c, size, repetitions, &checksum);
    if (wrong != 0) {
        fprintf(stderr, "stream: %ld elements of %ld are not what they must be\n", wrong, size);
        return 1;
    }
    print_row("stream_copy", seconds[0], repetitions, 2.0 * (double)bytes);
    print_row("stream_scale", seconds[1], repetitions, 2.0 * (double)bytes);
    print_row("stream_add", seconds[2], repetitions, 3.0 * (double)bytes);
    print_row("stream_triad", seconds[3], repetitions, 3.0 * (double)bytes);
    printf("checksum %.1f, %d threads\n", checksum, omp_get_max_threads());
    return 0;
}
