// Sets: what is in them.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/scan.hpp"
#include "libos-kv/data/set.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

Set& add_set(Call& call, std::string_view key) {
    Entry* entry = call.db().add_object(key, Type::Set, make<Set>());
    note_birth(*entry, call.server.access_clock());
    return entry->set();
}

} // namespace

void sadd(Call& call) {
    Entry* entry;
    if (!call.write(call[1], Type::Set, entry))
        return;
    Set& set = entry ? entry->set() : add_set(call, call[1]);
    std::int64_t added = 0;
    for (std::size_t index = 2; index < call.count; index++)
        added += set.insert(call[index]);
    if (added)
        call.changed(call[1]);
    call.reply.integer(added);
}

void srem(Call& call) {
    Entry* entry;
    if (!call.write(call[1], Type::Set, entry))
        return;
    std::int64_t erased = 0;
    for (std::size_t index = 2; entry && index < call.count; index++)
        erased += entry->set().erase(call[index]);
    if (erased) {
        if (entry->set().size() == 0)
            call.erase(entry);
        call.changed(call[1]);
    }
    call.reply.integer(erased);
}

void smove(Call& call) {
    Entry* from = call.write(call[1]);
    Entry* to = call.write(call[2]);
    const std::string_view member = call[3];
    if (!from)
        return call.reply.integer(0);
    if (from->type() != Type::Set || (to && to->type() != Type::Set))
        return call.wrong_type();
    if (from == to)
        return call.reply.integer(from->set().contains(member));
    if (!from->set().erase(member))
        return call.reply.integer(0);
    Set& target = to ? to->set() : add_set(call, call[2]);
    target.insert(member);
    if (from->set().size() == 0)
        call.erase(from);
    call.changed(call[1]);
    call.changed(call[2]);
    call.reply.integer(1);
}

void scard(Call& call) {
    Entry* entry;
    if (call.read(call[1], Type::Set, entry))
        call.reply.integer(entry ? static_cast<std::int64_t>(entry->set().size()) : 0);
}

void sismember(Call& call) {
    Entry* entry;
    if (call.read(call[1], Type::Set, entry))
        call.reply.integer(entry && entry->set().contains(call[2]));
}

void smismember(Call& call) {
    Entry* entry;
    if (!call.read(call[1], Type::Set, entry))
        return;
    call.reply.array(call.count - 2);
    for (std::size_t index = 2; index < call.count; index++)
        call.reply.integer(entry && entry->set().contains(call[index]));
}

void smembers(Call& call) {
    Entry* entry;
    if (!call.read(call[1], Type::Set, entry))
        return;
    call.reply.set(entry ? entry->set().size() : 0);
    if (entry)
        entry->set().for_each([&](std::string_view member) { call.reply.bulk(member); });
}

void sscan(Call& call) {
    scan_within(call, Type::Set,
                [](Entry& entry, std::uint64_t cursor, auto found) { return entry.set().scan(cursor, found); });
}

} // namespace exo::kv::commands
