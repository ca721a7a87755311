// Division with signs.
#include <exo_bpf.h>

EXO_FILTER
uint64_t signed_quotient(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    signed char* payload = (signed char*)(udp + 1);
    if ((unsigned char*)payload + 2 > context->data_end)
        return 0;
    return (uint64_t)(long)((payload[0] * 1000) / (payload[1] | 1) + (payload[0] * 1000) % (payload[1] | 1));
}
