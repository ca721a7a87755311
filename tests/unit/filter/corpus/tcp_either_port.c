// TCP from or to port 80.
#include <exo_bpf.h>

EXO_FILTER
uint64_t tcp_either_port(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_tcp* tcp = exo_tcp_of(context, ip);
    return tcp && (tcp->from == exo_net16(80) || tcp->to == exo_net16(80));
}
