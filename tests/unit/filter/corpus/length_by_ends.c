// The length as the distance of the two ends.
#include <exo_bpf.h>

EXO_FILTER
uint64_t length_by_ends(struct exo_context* context) {
    long length = context->data_end - context->data;
    if (length < 20)
        return 0;
    return context->data[19] + 1;
}
