// Members of sorted sets by chance: ZRANDMEMBER.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/random_choice.hpp"
#include "libos-kv/data/sorted_set.hpp"

namespace exo::kv::commands {

void zrandmember(Call& call) {
    Choice choice;
    Entry* entry;
    if (call.count > 2 && !read_choice(call, "withscores", choice))
        return;
    if (!call.read(call[1], Type::SortedSet, entry))
        return;
    if (!entry)
        return call.count > 2 ? call.reply.array(0) : call.reply.null();
    const SortedSet& set = entry->sorted_set();
    auto any = [&](auto visit) {
        set.for_ranks(set.random_rank([&] { return call.server.random(); }), 1, false, visit);
    };
    if (call.count == 2)
        return any([&](std::string_view member, double) { call.reply.bulk(member); });
    reply_choice(
        call, choice, set.size(), [&](auto visit) { set.for_each(visit); }, any,
        [&](double score) { call.reply.real(score); });
}

} // namespace exo::kv::commands
