// Counts labels as in a DNS name at the start of the payload: a walk that the packet steers.
#include <exo_bpf.h>

EXO_FILTER
uint64_t name_labels(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return 0;
    unsigned char* at = (unsigned char*)(udp + 1);
    for (int labels = 0; labels < 8; labels++) {
        if (at + 1 > context->data_end)
            return 0;
        uint64_t length = *at & 63;
        if (length == 0)
            return labels;
        at += 1 + length;
    }
    return 8;
}
