// Opening segments of TCP.
#include <exo_bpf.h>

EXO_FILTER
uint64_t tcp_syn(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_tcp* tcp = exo_tcp_of(context, ip);
    return tcp && (tcp->flags & 0x12) == 0x02;
}
