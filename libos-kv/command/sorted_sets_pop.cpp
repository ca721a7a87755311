// Taking members from the ends of sorted sets: ZPOPMIN, ZPOPMAX, ZMPOP. Shared: sorted_set_pop.hpp.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/sorted_set_pop.hpp"
#include "libos-kv/data/sorted_set.hpp"

namespace exo::kv {

void pop_members(Call& call, std::string_view key, Entry* entry, End end, std::size_t count, PopReply shape) {
    SortedSet& set = entry->sorted_set();
    if (count > set.size())
        count = set.size();
    const bool in_pairs = shape == PopReply::Pairs || shape == PopReply::KeyAndPairs;
    if (shape == PopReply::KeyAndPairs)
        call.reply.array(2);
    else
        call.reply.array((in_pairs ? count : count * 2) + (shape == PopReply::KeyAndRow));
    if (shape == PopReply::KeyAndRow || shape == PopReply::KeyAndPairs)
        call.reply.bulk(key);
    if (shape == PopReply::KeyAndPairs)
        call.reply.array(count);
    const bool down = end == End::Highest;
    set.for_ranks(down ? set.size() - 1 : 0, count, down, [&](std::string_view member, double score) {
        if (in_pairs)
            call.reply.array(2);
        call.reply.bulk(member);
        call.reply.real(score);
    });
    set.erase_ranks(down ? set.size() - count : 0, count);
    if (set.size() == 0)
        call.erase(entry);
    call.changed(key);
}

bool read_many_pop(Call& call, std::size_t at, ManyPop& pop) {
    std::int64_t keys, count = 1;
    if (!call.integer_between(call[at], 1, INT64_MAX, keys, "ERR numkeys should be greater than 0"))
        return false;
    pop.first_key = at + 1;
    pop.keys = static_cast<std::size_t>(keys);
    if (pop.keys >= call.count - pop.first_key) {
        call.syntax_error();
        return false;
    }
    const std::size_t where = pop.first_key + pop.keys;
    const bool highest = is_word(call[where], "max");
    bool fits = highest || is_word(call[where], "min");
    pop.end = highest ? End::Highest : End::Lowest;
    if (fits && where + 1 < call.count) {
        fits = is_word(call[where + 1], "count") && where + 2 < call.count;
        if (fits && !call.integer_between(call[where + 2], 1, INT64_MAX, count, "ERR count should be greater than 0"))
            return false;
        pop.count = static_cast<std::size_t>(count);
        fits = fits && where + 3 == call.count;
    }
    if (!fits)
        call.syntax_error();
    return fits;
}

namespace commands {

namespace {

void pop_from_end(Call& call, End end) {
    if (call.count > 3)
        return call.syntax_error();
    std::int64_t count = 1;
    const bool counted = call.count == 3;
    Entry* entry;
    if (counted && !call.integer_between(call[2], 0, INT64_MAX, count, "ERR value is out of range, must be positive"))
        return;
    if (!call.write(call[1], Type::SortedSet, entry))
        return;
    if (!entry || count == 0)
        return call.reply.array(0);
    pop_members(call, call[1], entry, end, static_cast<std::size_t>(count),
                counted && call.reply.version() > 2 ? PopReply::Pairs : PopReply::Row);
}

} // namespace

void zpopmin(Call& call) {
    pop_from_end(call, End::Lowest);
}

void zpopmax(Call& call) {
    pop_from_end(call, End::Highest);
}

void zmpop(Call& call) {
    ManyPop pop;
    if (!read_many_pop(call, 1, pop))
        return;
    for (std::size_t index = pop.first_key; index < pop.first_key + pop.keys; index++) {
        Entry* entry;
        if (!call.write(call[index], Type::SortedSet, entry))
            return;
        if (entry)
            return pop_members(call, call[index], entry, pop.end, pop.count, PopReply::KeyAndPairs);
    }
    call.reply.null_array();
}

} // namespace commands

} // namespace exo::kv
