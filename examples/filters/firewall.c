// A handler that counts frames by kind, lets one network in, and of what is refused passes every 64th on as a sample.
#include <exo_bpf.h>

enum { counted_other, counted_allowed, counted_refused, counted_sampled };
enum { network = 0x0a000000, mask = 0xff000000 }; // 10.0.0.0/8
enum { sample_every = 64, kinds = 256 };

struct memory {
    uint32_t refused;
    uint32_t by_protocol[kinds];
};
EXO_SCRATCH(struct memory);

EXO_HANDLER
uint64_t firewall(struct exo_context* context) {
    struct memory* memory = exo_scratch_of(context, struct memory);
    struct exo_ipv4* ip = exo_ipv4_of(context);
    if (!ip) {
        exo_count(context, counted_other, 1);
        return EXO_DELIVER;
    }
    memory->by_protocol[ip->protocol]++;
    if ((ip->from & exo_net32(mask)) == exo_net32(network)) {
        exo_count(context, counted_allowed, 1);
        return EXO_DELIVER;
    }
    if (++memory->refused % sample_every == 0) {
        exo_count(context, counted_sampled, 1);
        exo_wake(context);
        return EXO_DELIVER;
    }
    exo_count(context, counted_refused, 1);
    return EXO_DROP;
}
