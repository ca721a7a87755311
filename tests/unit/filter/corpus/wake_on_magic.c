// Wakes its owner for a certain payload.
#include <exo_bpf.h>

EXO_HANDLER
uint64_t wake_on_magic(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return EXO_DELIVER;
    struct exo_udp* udp = exo_udp_of(context, ip);
    if (!udp)
        return EXO_DELIVER;
    unsigned char* payload = (unsigned char*)(udp + 1);
    if (payload + 4 > context->data_end)
        return EXO_DELIVER;
    if (*(uint32_t*)payload == exo_net32(0x01020304)) {
        exo_wake(context);
        exo_count(context, 7, 1);
    }
    return EXO_DELIVER;
}
