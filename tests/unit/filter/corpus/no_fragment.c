// Packets that are whole.
#include <exo_bpf.h>

EXO_FILTER
uint64_t no_fragment(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    return (ip->fragment & exo_net16(0x3fff)) == 0;
}
