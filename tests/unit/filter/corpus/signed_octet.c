// Octets with a sign, compared as numbers with one.
#include <exo_bpf.h>

EXO_FILTER
uint64_t signed_octet(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    signed char* payload = (signed char*)(udp + 1);
    if ((unsigned char*)payload + 2 > context->data_end)
        return 0;
    int a = payload[0];
    int b = payload[1];
    if (a < -5)
        return 1;
    return a > b ? 2 : 3;
}
