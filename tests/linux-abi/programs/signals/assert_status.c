// A failed assertion ends by abort, after a message on stderr.
#undef NDEBUG
#include "../report.h"

#include <assert.h>

int main(void) {
    report("about to assert", 1);
    fflush(stdout);
    volatile int zero = 0;
    assert(zero == 1);
    return 0;
}
