// Frames to everybody, the address compared octet by octet.
#include <exo_bpf.h>

EXO_FILTER
uint64_t broadcast(struct exo_context* context) {
    struct exo_ethernet* ethernet = exo_ethernet_of(context);
    if (!ethernet)
        return 0;
    for (int k = 0; k < 6; k++)
        if (ethernet->to[k] != 0xff)
            return 0;
    return 1;
}
