// SRANDMEMBER, HRANDFIELD and ZRANDMEMBER: so many members by chance, different ones or some perhaps more than once.
#pragma once

#include "libos-kv/command/command.hpp"
#include "libos-kv/data/set.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

struct Choice {
    std::int64_t count = 0; // negative: so many that may be the same
    bool with_values = false;
};

// The count, which stands behind the key. False: an error was said.
bool read_choice_count(Call& call, Choice& choice);
// The count, and perhaps a word for values behind it.
bool read_choice(Call& call, std::string_view word, Choice& choice);
// Whether a reply that began at `mark` may go on: members that repeat could fill all memory. If not, it is taken back
// and an error was said.
bool may_go_on(Call& call, std::size_t mark);

// Each set of `count` different ones of `size` is as likely, in any order. `each(visit)` visits all of them, `any` one
// by chance: visit(name, value), the value being there for those types that have one.
template <typename Each, typename Any, typename Chosen>
void choose_different(Random& random, std::size_t count, std::size_t size, Each each, Any any, Chosen chosen) {
    // Where many are wanted: all in their order, each with the probability that leaves the right number (Knuth, The Art
    // of Computer Programming 2, 3.4.2, algorithm S). Where few are: by chance until they are enough.
    if (count * 3 > size) {
        each([&](std::string_view name, auto... value) {
            if (random() % size-- < count) {
                count--;
                chosen(name, value...);
            }
        });
        return;
    }
    Set seen;
    while (seen.size() < count)
        any([&](std::string_view name, auto... value) {
            if (seen.insert(name))
                chosen(name, value...);
        });
}

// The reply to a choice from a key that is there. `each`, `any`: as above; say(value) writes a value.
template <typename Each, typename Any, typename Say>
void reply_choice(Call& call, const Choice& choice, std::size_t size, Each each, Any any, Say say) {
    const bool different = choice.count >= 0;
    auto count = static_cast<std::size_t>(different ? choice.count : -choice.count);
    if (different && count > size)
        count = size;
    const bool nested = choice.with_values && call.reply.version() > 2;
    const std::size_t mark = call.reply.mark();
    call.reply.array(choice.with_values && !nested ? count * 2 : count);
    auto one = [&](std::string_view name, auto... value) {
        if (nested)
            call.reply.array(2);
        call.reply.bulk(name);
        if (choice.with_values)
            (say(value), ...);
    };
    if (different)
        return choose_different(call.server.random, count, size, each, any, one);
    for (; count; count--) {
        any(one);
        if (!may_go_on(call, mark))
            return;
    }
}

} // namespace exo::kv
