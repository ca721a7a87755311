// A verdict computed, then held to those that exist.
#include <exo_bpf.h>

EXO_HANDLER
uint64_t verdict_of_table(struct exo_context* context) {
    unsigned char* data = context->data;
    if (data + 14 > context->data_end)
        return EXO_DROP;
    uint32_t verdict = (data[0] ^ data[6]) * 5u >> 2;
    return verdict & 3;
}
