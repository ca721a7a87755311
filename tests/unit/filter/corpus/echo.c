// Answers UDP to port 4000 with itself.
#include <exo_bpf.h>

EXO_HANDLER
uint64_t echo(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return EXO_DELIVER;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return EXO_DELIVER;
    if (udp->to != exo_net16(4000))
        return EXO_DELIVER;
    exo_turn_ethernet((struct exo_ethernet*)context->data);
    exo_turn_ipv4(ip);
    exo_turn_udp(udp);
    return EXO_REPLY;
}
