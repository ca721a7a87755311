// One frame of four.
#include <exo_bpf.h>

EXO_SCRATCH(uint32_t);

EXO_FILTER
uint64_t every_fourth(struct exo_context* context) {
    uint32_t* count = exo_scratch_of(context, uint32_t);
    return (++*count & 3) == 0;
}
