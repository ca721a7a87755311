// Tests of the exokernel's calls, run on the exokernel: an ordinary doctest program linked with libos-hpc that
// also holds spare frames and the right to create environments (tests/lab).
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
