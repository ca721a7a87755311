// Every frame.
#include <exo_bpf.h>

EXO_FILTER
uint64_t accept_all(struct exo_context* context) {
    (void)context;
    return 1;
}
