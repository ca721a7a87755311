// Lists: putting in, looking at, cutting out. Finding elements by what they are: lists_find.cpp; taking them from the
// ends, waiting for them too: lists_take.cpp.
#include "libos-kv/command/lists.hpp"

#include "libos-kv/command/handlers.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

Entry* add_list(Call& call, std::string_view key) {
    Entry* entry = call.db().add_object(key, Type::List, make<List>());
    note_birth(*entry, call.server.access_clock());
    return entry;
}

void list_shrunk(Call& call, std::string_view key, Entry* entry) {
    if (entry->list().size() == 0)
        call.erase(entry);
    call.changed(key);
}

namespace commands {

namespace {

enum class Absent : std::uint8_t { Make, Leave };

void push(Call& call, List::End end, Absent absent) {
    Entry* entry;
    if (!call.write(call[1], Type::List, entry))
        return;
    if (!entry && absent == Absent::Leave)
        return call.reply.integer(0);
    if (!entry)
        entry = add_list(call, call[1]);
    List& list = entry->list();
    for (std::size_t index = 2; index < call.count; index++)
        list.push(end, call[index]);
    call.changed(call[1]);
    call.reply.integer(static_cast<std::int64_t>(list.size()));
}

// From the first to the last element of a range of which either end may be counted from the back. False: it has none.
bool clip_range(std::int64_t& first, std::int64_t& last, const List& list) {
    const auto size = static_cast<std::int64_t>(list.size());
    if (first < 0)
        first += size;
    if (last < 0)
        last += size;
    if (first < 0)
        first = 0;
    if (last >= size)
        last = size - 1;
    return first <= last;
}

} // namespace

void lpush(Call& call) {
    push(call, List::End::Front, Absent::Make);
}

void rpush(Call& call) {
    push(call, List::End::Back, Absent::Make);
}

void lpushx(Call& call) {
    push(call, List::End::Front, Absent::Leave);
}

void rpushx(Call& call) {
    push(call, List::End::Back, Absent::Leave);
}

void llen(Call& call) {
    Entry* entry;
    if (call.read(call[1], Type::List, entry))
        call.reply.integer(entry ? static_cast<std::int64_t>(entry->list().size()) : 0);
}

void lindex(Call& call) {
    Entry* entry;
    std::int64_t index;
    if (!call.read(call[1], Type::List, entry))
        return;
    if (!entry)
        return call.reply.null();
    if (!call.integer(call[2], index))
        return;
    const List::Position position = entry->list().seek(index);
    if (!position)
        return call.reply.null();
    PackedValue value = entry->list().get(position);
    call.reply.bulk(value.view());
}

void lset(Call& call) {
    Entry* entry;
    std::int64_t index;
    if (!call.write(call[1], Type::List, entry))
        return;
    if (!entry)
        return call.reply.error("ERR no such key");
    if (!call.integer(call[2], index))
        return;
    const List::Position position = entry->list().seek(index);
    if (!position)
        return call.reply.error("ERR index out of range");
    entry->list().replace(position, call[3]);
    call.changed(call[1]);
    call.reply.ok();
}

void lrange(Call& call) {
    std::int64_t first, last;
    Entry* entry;
    if (!call.integer(call[2], first) || !call.integer(call[3], last) || !call.read(call[1], Type::List, entry))
        return;
    if (!entry || !clip_range(first, last, entry->list()))
        return call.reply.array(0);
    const List& list = entry->list();
    call.reply.array(static_cast<std::size_t>(last - first + 1));
    for (List::Position position = list.seek(first); first <= last; first++) {
        PackedValue value = list.get(position);
        call.reply.bulk(value.view());
        position = list.next(position);
    }
}

void ltrim(Call& call) {
    std::int64_t first, last;
    Entry* entry;
    if (!call.integer(call[2], first) || !call.integer(call[3], last) || !call.write(call[1], Type::List, entry))
        return;
    if (!entry)
        return call.reply.ok();
    List& list = entry->list();
    if (clip_range(first, last, list)) {
        const auto kept = static_cast<std::size_t>(last) + 1;
        list.erase_range(kept, list.size() - kept);
        list.erase_range(0, static_cast<std::size_t>(first));
    } else {
        list.erase_range(0, list.size());
    }
    list_shrunk(call, call[1], entry);
    call.reply.ok();
}

} // namespace commands

} // namespace exo::kv
