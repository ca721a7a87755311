// Octet orders of 16, 32 and 64 bits.
#include <exo_bpf.h>

EXO_FILTER
uint64_t swap_words(struct exo_context* context) {
    unsigned char* data = context->data;
    if (data + 14 > context->data_end)
        return 0;
    uint64_t eight = *(uint64_t*)data;
    uint32_t four = *(uint32_t*)(data + 8);
    uint16_t two = *(uint16_t*)(data + 12);
    return __builtin_bswap64(eight) ^ __builtin_bswap32(four) ^ __builtin_bswap16(two);
}
