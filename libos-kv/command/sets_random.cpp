// Members of sets by chance: SPOP, SRANDMEMBER.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/random_choice.hpp"
#include "libos-kv/server/recorder.hpp"

namespace exo::kv::commands {

namespace {

// The journal gets the members that were chosen, not the choice.
void record_removal(Call& call) {
    if (Recorder* recorder = call.server.recorder) {
        recorder->add_instead("srem");
        recorder->add_instead(call[1]);
    }
}

// Says it, and takes it out.
void pop_one(Call& call, Set& set) {
    PackedValue member;
    set.random_member([&] { return call.server.random(); }, member);
    const std::string_view octets = member.view();
    call.reply.bulk(octets);
    if (call.server.recorder)
        call.server.recorder->add_instead(octets);
    set.erase(octets);
}

void pop_many(Call& call) {
    std::int64_t given;
    Entry* entry;
    if (!call.integer_between(call[2], 0, INT64_MAX, given, "ERR value is out of range, must be positive") ||
        !call.write(call[1], Type::Set, entry))
        return;
    auto count = static_cast<std::size_t>(given);
    if (!entry || count == 0)
        return call.reply.set(0);
    Set& set = entry->set();
    if (count >= set.size()) {
        call.reply.set(set.size());
        set.for_each([&](std::string_view member) { call.reply.bulk(member); });
        call.erase(entry);
    } else {
        call.reply.set(count);
        record_removal(call);
        for (; count; count--)
            pop_one(call, set);
    }
    call.changed(call[1]);
}

} // namespace

void spop(Call& call) {
    if (call.count == 3)
        return pop_many(call);
    if (call.count > 3)
        return call.syntax_error();
    Entry* entry;
    if (!call.write(call[1], Type::Set, entry))
        return;
    if (!entry)
        return call.reply.null();
    record_removal(call);
    pop_one(call, entry->set());
    if (entry->set().size() == 0)
        call.erase(entry);
    call.changed(call[1]);
}

void srandmember(Call& call) {
    if (call.count > 3)
        return call.syntax_error();
    Choice choice;
    Entry* entry;
    if (call.count == 3 && !read_choice_count(call, choice))
        return;
    if (!call.read(call[1], Type::Set, entry))
        return;
    if (!entry)
        return call.count == 3 ? call.reply.array(0) : call.reply.null();
    const Set& set = entry->set();
    auto any = [&](auto visit) {
        PackedValue member;
        set.random_member([&] { return call.server.random(); }, member);
        visit(member.view());
    };
    if (call.count == 2)
        return any([&](std::string_view member) { call.reply.bulk(member); });
    reply_choice(call, choice, set.size(), [&](auto visit) { set.for_each(visit); }, any, [] {});
}

} // namespace exo::kv::commands
