// Sends datagrams for one port to another; the checksum is left out.
#include <exo_bpf.h>

EXO_HANDLER
uint64_t new_port(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return EXO_DELIVER;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return EXO_DELIVER;
    if (udp->to != exo_net16(4000))
        return EXO_DELIVER;
    udp->to = exo_net16(5000);
    udp->checksum = 0;
    return EXO_DELIVER;
}
