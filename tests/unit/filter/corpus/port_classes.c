// A number for each of many ports.
#include <exo_bpf.h>

EXO_FILTER
uint64_t port_classes(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    switch (exo_net16(udp->to)) {
    case 4000:
        return 9;
    case 4001:
        return 2;
    case 4002:
        return 31;
    case 4003:
        return 4;
    case 4004:
        return 55;
    case 4005:
        return 6;
    case 4006:
        return 7;
    case 4007:
        return 81;
    }
    return 100;
}
