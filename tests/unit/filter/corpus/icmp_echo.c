// Echo requests.
#include <exo_bpf.h>

EXO_FILTER
uint64_t icmp_echo(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    unsigned char* icmp = exo_payload_of(context, ip, exo_protocol_icmp, 8);
    return icmp && icmp[0] == 8 && icmp[1] == 0;
}
