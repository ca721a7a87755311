// Adds up the octets of IPv4 options: a loop as long as the header says.
#include <exo_bpf.h>

EXO_FILTER
uint64_t option_sum(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    unsigned char* octets = (unsigned char*)(ip + 1);
    uint32_t bytes = (ip->version_and_words & 15) * 4 - 20;
    uint64_t sum = 0;
    for (uint32_t k = 0; k < 40 && k < bytes; k++) {
        if (octets + k + 1 > context->data_end)
            return 0;
        sum += octets[k];
    }
    return sum;
}
