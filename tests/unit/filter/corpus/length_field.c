// The length as the context has it, then an octet that it vouches for.
#include <exo_bpf.h>

EXO_FILTER
uint64_t length_field(struct exo_context* context) {
    if (context->length < 40)
        return 0;
    return context->data[39] + 1;
}
