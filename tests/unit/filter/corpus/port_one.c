// UDP to port 4000, behind options of any length.
#include <exo_bpf.h>

EXO_FILTER
uint64_t port_one(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    return udp->to == exo_net16(4000);
}
