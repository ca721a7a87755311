// The IPv4 header's checksum over as many octets as it has.
#include <exo_bpf.h>

EXO_FILTER
uint64_t header_sum(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    uint64_t bytes = (ip->version_and_words & 15) * 4;
    if ((unsigned char*)ip + bytes > context->data_end)
        return 0;
    return exo_checksum(0, 0, ip, bytes, 0) == 0xffff;
}
