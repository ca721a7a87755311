// UDP, whatever the port.
#include <exo_bpf.h>

EXO_FILTER
uint64_t protocol_udp(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    return ip->protocol == exo_protocol_udp;
}
