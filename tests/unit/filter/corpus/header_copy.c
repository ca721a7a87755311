// The IPv4 header copied to the stack and summed there.
#include <exo_bpf.h>

EXO_FILTER
uint64_t header_copy(struct exo_context* context) {
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip)
        return 0;
    struct exo_ipv4 copy;
    __builtin_memcpy(&copy, ip, sizeof(copy));
    return exo_checksum(0, 0, &copy, sizeof(copy), 0) == 0xffff;
}
