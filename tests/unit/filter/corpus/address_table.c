// The last eight senders in scratch memory, searched by a loop.
#include <exo_bpf.h>

struct senders {
    uint32_t address[8];
    uint32_t next;
};
EXO_SCRATCH(struct senders);

EXO_FILTER
uint64_t address_table(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct senders* senders = exo_scratch_of(context, struct senders);
    for (int k = 0; k < 8; k++)
        if (senders->address[k] == ip->from)
            return 2;
    uint32_t next = senders->next & 7;
    senders->address[next] = ip->from;
    senders->next = next + 1;
    return 1;
}
