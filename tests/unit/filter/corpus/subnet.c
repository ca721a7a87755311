// Packets from 10.1.0.0/16.
#include <exo_bpf.h>

EXO_FILTER
uint64_t subnet(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    return (ip->from & exo_net32(0xffff0000)) == exo_net32(0x0a010000);
}
