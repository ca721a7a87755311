// Commands that wait until a sorted set has something: BZPOPMIN, BZPOPMAX, BZMPOP.
#include "libos-kv/command/blocking.hpp"
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/sorted_set_pop.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

void pop_or_wait(Call& call, const ManyPop& pop, std::string_view seconds, PopReply shape) {
    std::int64_t deadline_ms;
    if (!read_deadline(call, seconds, deadline_ms))
        return;
    for (std::size_t index = pop.first_key; index < pop.first_key + pop.keys; index++) {
        if (!may_serve_call(call, call[index]))
            continue;
        Entry* entry = call.write(call[index]);
        if (!entry)
            continue;
        if (entry->type() == Type::SortedSet)
            return pop_members(call, call[index], entry, pop.end, pop.count, shape);
        // One who waits already goes on waiting for a sorted set.
        if (!call.is_retry)
            return call.wrong_type();
    }
    if (call.within_exec)
        return call.reply.null_array(); // as if the time were over
    call.server.wait(call, call.arguments + pop.first_key, pop.keys, deadline_ms, true);
}

void pop_one_or_wait(Call& call, End end) {
    pop_or_wait(call, {1, call.count - 2, 1, end}, call[call.count - 1], PopReply::KeyAndRow);
}

} // namespace

void bzpopmin(Call& call) {
    pop_one_or_wait(call, End::Lowest);
}

void bzpopmax(Call& call) {
    pop_one_or_wait(call, End::Highest);
}

void bzmpop(Call& call) {
    ManyPop pop;
    if (read_many_pop(call, 2, pop))
        pop_or_wait(call, pop, call[1], PopReply::KeyAndPairs);
}

} // namespace exo::kv::commands
