// UDP to ports 3000 to 4999.
#include <exo_bpf.h>

EXO_FILTER
uint64_t port_range(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    uint16_t port = exo_net16(udp->to);
    return port >= 3000 && port <= 4999;
}
