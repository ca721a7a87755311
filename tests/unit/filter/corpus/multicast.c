// Frames to a group.
#include <exo_bpf.h>

EXO_FILTER
uint64_t multicast(struct exo_context* context) {
    struct exo_ethernet* ethernet = exo_ethernet_of(context);
    if (!ethernet)
        return 0;
    return ethernet->to[0] & 1;
}
