// Takes a hop off and mends the checksum by what changed.
#include <exo_bpf.h>

EXO_HANDLER
uint64_t one_hop_less(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return EXO_DELIVER;
    if (ip->hops <= 1)
        return EXO_DROP;
    uint16_t before[2], after[2];
    before[0] = after[0] = (uint16_t)(ip->hops | ip->protocol << 8);
    before[1] = after[1] = 0;
    ip->hops--;
    after[0] = (uint16_t)(ip->hops | ip->protocol << 8);
    ip->checksum = (uint16_t)~exo_checksum(before, 4, after, 4, (uint16_t)~ip->checksum);
    return EXO_REPLY;
}
