// How the programs of this suite print: one line a property, the same on every
// system that behaves as Linux does. No addresses, process numbers, times or
// paths. A property that does not hold prints NO and makes the program fail.
// For C and C++. What is run, and with which expectation: tests/linux-abi/manifest.txt
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int report_failures;

// Prints whether the property holds.
static inline void report(const char* what, int holds) {
    printf("%s: %s\n", what, holds ? "yes" : "NO");
    report_failures += !holds;
}

// The call must have failed with the error given; prints the error's name.
static inline void report_error(const char* what, long result, int expected) {
    const int error = errno;
    const char* name = result == -1 ? strerrorname_np(error) : "no error";
    printf("%s: %s\n", what, name ? name : "an unnamed error");
    report_failures += result != -1 || error != expected;
}

static inline void report_number(const char* what, long long number) {
    printf("%s: %lld\n", what, number);
}

static inline void report_text(const char* what, const char* text) {
    printf("%s: [%s]\n", what, text);
}

// What main returns: 0 when everything held.
static inline int report_end(void) {
    return report_failures != 0;
}

// The folder the program may write in: its first argument. Ends the program when there is none.
static inline const char* report_scratch(int argc, char** argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s SCRATCH\n", argv[0]);
        exit(2);
    }
    return argv[1];
}

// SCRATCH/name in a buffer that the next call but three overwrites. One thread at a time.
static inline const char* report_path(const char* scratch, const char* name) {
    static char paths[4][1024];
    static unsigned next;
    char* path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
    return path;
}
