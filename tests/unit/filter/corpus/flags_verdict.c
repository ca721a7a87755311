// Drops what the device does not vouch for.
#include <exo_bpf.h>

EXO_HANDLER
uint64_t flags_verdict(struct exo_context* context) {
    return context->flags & 1 ? EXO_DELIVER : EXO_DROP;
}
