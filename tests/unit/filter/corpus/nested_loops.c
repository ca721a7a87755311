// Two loops, one in the other.
#include <exo_bpf.h>

EXO_FILTER
uint64_t nested_loops(struct exo_context* context) {
    unsigned char* data = context->data;
    if (data + 16 > context->data_end)
        return 0;
    uint64_t sum = 0;
#pragma clang loop unroll(disable)
    for (int row = 0; row < 4; row++)
#pragma clang loop unroll(disable)
        for (int column = 0; column < 4; column++)
            sum = sum * 3 + data[4 * row + column];
    return sum;
}
