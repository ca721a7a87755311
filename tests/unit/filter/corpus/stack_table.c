// A table on the stack, filled and looked through.
#include <exo_bpf.h>

EXO_FILTER
uint64_t stack_table(struct exo_context* context) {
    unsigned char* data = context->data;
    if (data + 14 > context->data_end)
        return 0;
    volatile uint32_t table[4];
    table[0] = data[0];
    table[1] = data[6] * 3;
    table[2] = data[12];
    table[3] = data[13];
    return table[0] + table[1] * table[2] + table[3];
}
