// UDP to one of some ports.
#include <exo_bpf.h>

EXO_FILTER
uint64_t port_switch(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    switch (exo_net16(udp->to)) {
    case 53:
    case 67:
    case 123:
    case 4000:
    case 5353:
        return 1;
    }
    return 0;
}
