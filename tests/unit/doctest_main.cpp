// The main function of every unit test that runs on the host under sanitizers: doctest's implementation takes longer to
// compile than any test, so it is compiled once.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
