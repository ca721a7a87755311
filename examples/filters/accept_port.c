// A filter that wants UDP datagrams to port 7 and nothing else.
#include <exo_bpf.h>

EXO_FILTER
uint64_t accept_port(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    return udp && udp->to == exo_net16(7);
}
