// Sets made from sets: SINTER, SUNION, SDIFF, each with STORE, and SINTERCARD.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/store_object.hpp"
#include "libos-kv/data/set.hpp"

namespace exo::kv::commands {

namespace {

using Sets = Array<const Set*>; // null where there is no such key

// The sets of so many keys from an argument on. False: one is something else, which was said.
bool read_sets(Call& call, std::size_t first, std::size_t count, Sets& sets) {
    for (std::size_t index = first; index < first + count; index++) {
        Entry* entry;
        if (!call.read(call[index], Type::Set, entry))
            return false;
        sets.push(entry ? &entry->set() : nullptr);
    }
    return true;
}

// visit(member) for what all of them have, until it returns false for enough.
template <typename Visit>
void for_common(Sets& sets, Visit visit) {
    for (std::size_t index = 0; index < sets.size(); index++) {
        if (!sets[index])
            return;
        if (sets[index]->size() < sets[0]->size())
            std::swap(sets[index], sets[0]);
    }
    bool enough = false;
    sets[0]->for_each([&](std::string_view member) {
        for (std::size_t index = 1; index < sets.size() && !enough; index++)
            if (!sets[index]->contains(member))
                return;
        enough = enough || !visit(member);
    });
}

void add_all(const Set& from, Set& into) {
    from.for_each([&](std::string_view member) { into.insert(member); });
}

void unite(const Sets& sets, Set& into) {
    for (const Set* set : sets)
        if (set)
            add_all(*set, into);
}

// Whether Redis looks up each member of the first set in the others, rather than take theirs out of a copy of it. What
// a copy held at first decides how the result is kept.
bool looks_up(const Sets& sets) {
    std::size_t looking = 0, taking = 0;
    for (const Set* set : sets)
        if (set) {
            looking += sets[0]->size();
            taking += set->size();
        }
    return looking / 2 <= taking;
}

void subtract(const Sets& sets, Set& into) {
    if (!sets[0])
        return;
    for (std::size_t index = 1; index < sets.size(); index++)
        if (sets[index] == sets[0])
            return;
    if (looks_up(sets))
        return sets[0]->for_each([&](std::string_view member) {
            for (std::size_t index = 1; index < sets.size(); index++)
                if (sets[index] && sets[index]->contains(member))
                    return;
            into.insert(member);
        });
    add_all(*sets[0], into);
    for (std::size_t index = 1; index < sets.size() && into.size(); index++)
        if (sets[index])
            sets[index]->for_each([&](std::string_view member) { into.erase(member); });
}

void intersect(Sets& sets, Set& into) {
    for_common(sets, [&](std::string_view member) { return into.insert(member); });
}

template <typename Combine>
void reply_combined(Call& call, Combine combine) {
    Sets sets;
    if (!read_sets(call, 1, call.count - 1, sets))
        return;
    Set result;
    combine(sets, result);
    call.reply.set(result.size());
    result.for_each([&](std::string_view member) { call.reply.bulk(member); });
}

template <typename Combine>
void store_combined(Call& call, Combine combine) {
    Sets sets;
    if (!read_sets(call, 2, call.count - 2, sets))
        return;
    Set* result = make<Set>();
    combine(sets, *result);
    store_object(call, call[1], Type::Set, result);
}

} // namespace

void sinter(Call& call) {
    Sets sets;
    if (!read_sets(call, 1, call.count - 1, sets))
        return;
    const std::size_t mark = call.reply.mark();
    std::size_t count = 0;
    for_common(sets, [&](std::string_view member) {
        call.reply.bulk(member);
        count++;
        return true;
    });
    call.reply.set_at(mark, count);
}

void sinterstore(Call& call) {
    store_combined(call, intersect);
}

void sintercard(Call& call) {
    std::int64_t keys, limit = 0;
    if (!call.integer_between(call[1], 1, INT64_MAX, keys, "ERR numkeys should be greater than 0"))
        return;
    if (keys > static_cast<std::int64_t>(call.count - 2))
        return call.reply.error("ERR Number of keys can't be greater than number of args");
    const auto count = static_cast<std::size_t>(keys);
    for (std::size_t index = 2 + count; index < call.count; index += 2) {
        if (!is_word(call[index], "limit") || index + 1 == call.count)
            return call.syntax_error();
        if (!call.integer_between(call[index + 1], 0, INT64_MAX, limit, "ERR LIMIT can't be negative"))
            return;
    }
    Sets sets;
    if (!read_sets(call, 2, count, sets))
        return;
    std::int64_t common = 0;
    for_common(sets, [&](std::string_view) { return ++common != limit; });
    call.reply.integer(common);
}

void sunion(Call& call) {
    reply_combined(call, unite);
}

void sunionstore(Call& call) {
    store_combined(call, unite);
}

void sdiff(Call& call) {
    reply_combined(call, subtract);
}

void sdiffstore(Call& call) {
    store_combined(call, subtract);
}

} // namespace exo::kv::commands
