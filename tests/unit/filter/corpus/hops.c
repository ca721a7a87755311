// Packets that came less than 64 hops.
#include <exo_bpf.h>

EXO_FILTER
uint64_t hops(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    return ip->hops >= 200;
}
