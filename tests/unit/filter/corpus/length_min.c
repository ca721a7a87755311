// Frames of 100 octets or more.
#include <exo_bpf.h>

EXO_FILTER
uint64_t length_min(struct exo_context* context) {
    return context->length >= 100;
}
