// Writes over the payload in steps of eight.
#include <exo_bpf.h>

EXO_HANDLER
uint64_t fill(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return EXO_DELIVER;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return EXO_DELIVER;
    unsigned char* payload = (unsigned char*)(udp + 1);
    for (int k = 0; k < 4; k++) {
        if (payload + 8 * k + 8 > context->data_end)
            return EXO_DELIVER;
        *(uint64_t*)(payload + 8 * k) = 0x1122334455667788ull * (k + 1);
    }
    return EXO_REPLY;
}
