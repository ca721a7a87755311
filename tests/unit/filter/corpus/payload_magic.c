// UDP whose payload begins with a known word.
#include <exo_bpf.h>

EXO_FILTER
uint64_t payload_magic(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    unsigned char* payload = (unsigned char*)(udp + 1);
    if (payload + 4 > context->data_end)
        return 0;
    return *(uint32_t*)payload == exo_net32(0x01020304);
}
