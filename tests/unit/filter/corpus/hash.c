// A hash of addresses and ports: multiplication, shifts, exclusive or.
#include <exo_bpf.h>

EXO_FILTER
uint64_t hash(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    uint64_t hash = ((uint64_t)ip->from << 32 | ip->to) * 0x9e3779b97f4a7c15;
    hash ^= (uint64_t)udp->from << 16 | udp->to;
    hash *= 0xff51afd7ed558ccd;
    return hash ^ hash >> 33;
}
