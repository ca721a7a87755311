// Counts frames by the power of two that their length reaches.
#include <exo_bpf.h>

EXO_HANDLER
uint64_t size_counters(struct exo_context* context) {
    uint32_t length = context->length, size = 0;
    for (int k = 0; k < 16; k++) {
        if (length <= 1)
            break;
        length >>= 1;
        size++;
    }
    exo_count(context, size & 31, context->length);
    return EXO_CONSUME;
}
