// One of seven shards by port, by division.
#include <exo_bpf.h>

EXO_FILTER
uint64_t shards(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    uint16_t port = exo_net16(udp->from);
    return port % 7 == 3 ? port / 7 + 1 : 0;
}
