// Values that are needed after a helper has been called.
#include <exo_bpf.h>

EXO_FILTER
uint64_t across_call(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    uint16_t from = exo_net16(udp->from), to = exo_net16(udp->to), length = exo_net16(udp->length);
    uint64_t now = exo_time();
    return now + from + to * 2 + length * 3 + ip->hops;
}
