// A bucket of tokens, filled by the clock.
#include <exo_bpf.h>

struct bucket {
    uint64_t last;
    uint64_t tokens;
};
EXO_SCRATCH(struct bucket);

EXO_FILTER
uint64_t bucket(struct exo_context* context) {
    struct bucket* bucket = exo_scratch_of(context, struct bucket);
    uint64_t now = exo_time();
    uint64_t gained = (now - bucket->last) >> 20;
    bucket->last = now;
    uint64_t tokens = bucket->tokens + gained;
    if (tokens > 100)
        tokens = 100;
    bucket->tokens = tokens > 0 ? tokens - 1 : 0;
    return tokens > 0;
}
