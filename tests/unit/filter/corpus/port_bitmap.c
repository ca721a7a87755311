// A set of ports in scratch memory: wanted when it was not seen before.
#include <exo_bpf.h>

struct seen {
    uint64_t words[16];
};
EXO_SCRATCH(struct seen);

EXO_FILTER
uint64_t port_bitmap(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    struct seen* seen = exo_scratch_of(context, struct seen);
    uint16_t port = exo_net16(udp->from) & 1023;
    uint64_t bit = 1ull << (port & 63);
    uint64_t was = seen->words[port >> 6] & bit;
    seen->words[port >> 6] |= bit;
    return was == 0;
}
