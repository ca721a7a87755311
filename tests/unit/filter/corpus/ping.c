// Answers echo requests.
#include <exo_bpf.h>

EXO_HANDLER
uint64_t ping(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return EXO_DELIVER;
    unsigned char* icmp = exo_payload_of(context, ip, exo_protocol_icmp, 8);
    if (!icmp || icmp[0] != 8)
        return EXO_DELIVER;
    icmp[0] = 0;
    // From 8 to 0 in the first octet: the sum is less by 8, the checksum more.
    uint32_t checksum = *(uint16_t*)(icmp + 2) + 8u;
    *(uint16_t*)(icmp + 2) = (uint16_t)(checksum + (checksum >> 16));
    exo_turn_ethernet((struct exo_ethernet*)context->data);
    exo_turn_ipv4(ip);
    return EXO_REPLY;
}
