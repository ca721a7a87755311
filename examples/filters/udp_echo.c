// A handler that answers UDP datagrams to port 7 (RFC 862) in the kernel: the frame goes back as it came, with senders
// and receivers exchanged. No checksum changes, since sums do not depend on the order. Everything else goes to the
// owner.
#include <exo_bpf.h>

EXO_HANDLER
uint64_t udp_echo(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return EXO_DELIVER;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp || udp->to != exo_net16(7))
        return EXO_DELIVER;
    exo_turn_ethernet((struct exo_ethernet*)context->data);
    exo_turn_ipv4(ip);
    exo_turn_udp(udp);
    return EXO_REPLY;
}
