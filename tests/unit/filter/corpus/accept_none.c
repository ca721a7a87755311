// No frame.
#include <exo_bpf.h>

EXO_FILTER
uint64_t accept_none(struct exo_context* context) {
    (void)context;
    return 0;
}
