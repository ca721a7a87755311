// ARP only.
#include <exo_bpf.h>

EXO_FILTER
uint64_t type_arp(struct exo_context* context) {
    struct exo_ethernet* ethernet = exo_ethernet_of(context);
    if (!ethernet)
        return 0;
    return ethernet->type == exo_net16(exo_type_arp);
}
