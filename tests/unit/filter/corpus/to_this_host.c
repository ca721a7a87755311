// Frames to one address, as a 48-bit number.
#include <exo_bpf.h>

EXO_FILTER
uint64_t to_this_host(struct exo_context* context) {
    unsigned char* data = context->data;
    if (data + 8 > context->data_end)
        return 0;
    uint64_t address = *(uint64_t*)data & 0xffffffffffff;
    return address == 0x563412005452;
}
