// Nothing gets through.
#include <exo_bpf.h>

EXO_HANDLER
uint64_t always_drop(struct exo_context* context) {
    (void)context;
    return EXO_DROP;
}
