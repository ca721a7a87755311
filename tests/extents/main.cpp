// Tests of shared disks with several owners, run on the exokernel. See README.md.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
