// Counts by protocol in scratch memory, the octet being the index.
#include <exo_bpf.h>

struct table {
    uint64_t count[256];
};
EXO_SCRATCH(struct table);

EXO_HANDLER
uint64_t protocol_table(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return EXO_DELIVER;
    exo_scratch_of(context, struct table)->count[ip->protocol]++;
    return EXO_CONSUME;
}
