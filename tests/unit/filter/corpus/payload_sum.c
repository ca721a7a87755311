// Adds up to 16 octets of payload, as many as there are.
#include <exo_bpf.h>

EXO_FILTER
uint64_t payload_sum(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    unsigned char* payload = (unsigned char*)(udp + 1);
    uint64_t sum = 0;
    for (int k = 0; k < 16; k++) {
        if (payload + k + 1 > context->data_end)
            break;
        sum += payload[k];
    }
    return sum;
}
