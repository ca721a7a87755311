// Tests of shared NICs, run on the exokernel in a machine with two NICs on one wire. See README.md.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
