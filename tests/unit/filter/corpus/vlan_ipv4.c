// IPv4 with or without a VLAN tag: the header is at 14 or at 18.
#include <exo_bpf.h>

EXO_FILTER
uint64_t vlan_ipv4(struct exo_context* context) {
    unsigned char* data = context->data;
    unsigned char* end = context->data_end;
    if (data + 14 > end)
        return 0;
    unsigned char* type = data + 12;
    if (*(uint16_t*)type == exo_net16(0x8100)) {
        type += 4;
        if (type + 2 > end)
            return 0;
    }
    return *(uint16_t*)type == exo_net16(exo_type_ipv4) && type + 2 + 20 <= end && type[2] >> 4 == 4;
}
