// Lists: taking elements from their ends, and moving them to another list; at once, or when there are some.
#include "libos-kv/command/blocking.hpp"
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/lists.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

using End = List::End;

bool read_end(Call& call, std::string_view word, End& end) {
    const bool is_left = is_word(word, "left");
    if (!is_left && !is_word(word, "right")) {
        call.syntax_error();
        return false;
    }
    end = is_left ? End::Front : End::Back;
    return true;
}

List::Position end_of(const List& list, End end) {
    return list.seek(end == End::Front ? 0 : -1);
}

// Replies with an element and takes it out.
void take_one(Call& call, std::string_view key, Entry* entry, End end) {
    List& list = entry->list();
    const List::Position position = end_of(list, end);
    PackedValue value = list.get(position);
    call.reply.bulk(value.view());
    list.erase(position);
    list_shrunk(call, key, entry);
}

// Replies with an array of so many elements, or of all, the one at the end first, and takes them out.
void take_many(Call& call, std::string_view key, Entry* entry, End end, std::int64_t most) {
    List& list = entry->list();
    const auto wanted = static_cast<std::size_t>(most);
    const std::size_t count = wanted < list.size() ? wanted : list.size();
    call.reply.array(count);
    List::Position position = end_of(list, end);
    for (std::size_t taken = 0; taken < count; taken++) {
        PackedValue value = list.get(position);
        call.reply.bulk(value.view());
        position = end == End::Front ? list.next(position) : list.previous(position);
    }
    list.erase_range(end == End::Front ? 0 : list.size() - count, count);
    list_shrunk(call, key, entry);
}

void pop(Call& call, End end) {
    std::int64_t count = 0;
    const bool wants_array = call.count == 3;
    Entry* entry;
    if (call.count > 3)
        return call.wrong_count();
    if (wants_array &&
        !call.integer_between(call[2], 0, INT64_MAX, count, "ERR value is out of range, must be positive"))
        return;
    if (!call.write(call[1], Type::List, entry))
        return;
    if (!entry)
        return wants_array ? call.reply.null_array() : call.reply.null();
    if (!wants_array)
        return take_one(call, call[1], entry, end);
    if (count == 0)
        return call.reply.array(0);
    take_many(call, call[1], entry, end, count);
}

struct Keys {
    const std::string_view* first = nullptr;
    std::size_t count = 0;
};

// The first of the keys that has a list, or null. False: an error was said.
bool find_list(Call& call, Keys keys, std::string_view& key, Entry*& entry) {
    entry = nullptr;
    for (std::size_t index = 0; index < keys.count; index++) {
        key = keys.first[index];
        Entry* found = may_serve_call(call, key) ? call.write(key) : nullptr;
        if (!found)
            continue;
        if (found->type() == Type::List) {
            entry = found;
            return true;
        }
        // One who waits already goes on waiting for a list.
        if (!call.is_retry) {
            call.wrong_type();
            return false;
        }
    }
    return true;
}

// Within a transaction it is as if the time were over.
void wait_for(Call& call, Keys keys, std::int64_t deadline_ms) {
    call.within_exec ? call.reply.null_array() : call.server.wait(call, keys.first, keys.count, deadline_ms, true);
}

void pop_or_wait(Call& call, End end) {
    std::int64_t deadline_ms;
    std::string_view key;
    Entry* entry;
    const Keys keys{call.arguments + 1, call.count - 2};
    if (!read_deadline(call, call[call.count - 1], deadline_ms) || !find_list(call, keys, key, entry))
        return;
    if (!entry)
        return wait_for(call, keys, deadline_ms);
    call.reply.array(2);
    call.reply.bulk(key);
    take_one(call, key, entry, end);
}

struct ManyOptions {
    Keys keys;
    End end = End::Front;
    std::int64_t count = 1;
};

// From the number of keys, which is argument `at`, on.
bool read_many(Call& call, std::size_t at, ManyOptions& options) {
    std::int64_t keys;
    if (!call.integer_between(call[at], 1, INT64_MAX, keys, "ERR numkeys should be greater than 0"))
        return false;
    if (static_cast<std::size_t>(keys) >= call.count - at - 1) {
        call.syntax_error();
        return false;
    }
    options.keys = {call.arguments + at + 1, static_cast<std::size_t>(keys)};
    at += options.keys.count + 1;
    if (!read_end(call, call[at], options.end))
        return false;
    if (at + 1 == call.count)
        return true;
    if (at + 3 <= call.count && is_word(call[at + 1], "count")) {
        if (!call.integer_between(call[at + 2], 1, INT64_MAX, options.count, "ERR count should be greater than 0"))
            return false;
        if (at + 3 == call.count)
            return true;
    }
    call.syntax_error();
    return false;
}

void take_from_first(Call& call, std::string_view key, Entry* entry, const ManyOptions& options) {
    call.reply.array(2);
    call.reply.bulk(key);
    take_many(call, key, entry, options.end, options.count);
}

void move_element(Call& call, Entry* source, End from, End to) {
    Entry* target;
    if (!call.write(call[2], Type::List, target))
        return;
    List& list = source->list();
    const List::Position position = end_of(list, from);
    PackedValue value = list.get(position);
    const Text octets(value.view());
    list.erase(position);
    // The target may be the same list, and empty for a moment.
    if (!target)
        target = add_list(call, call[2]);
    target->list().push(to, octets);
    call.changed(call[2]);
    list_shrunk(call, call[1], source);
    call.reply.bulk(octets);
}

void move_at_once(Call& call, End from, End to) {
    Entry* source;
    if (!call.write(call[1], Type::List, source))
        return;
    source ? move_element(call, source, from, to) : call.reply.null();
}

void move_or_wait(Call& call, End from, End to, std::string_view seconds) {
    std::int64_t deadline_ms;
    std::string_view key;
    Entry* source;
    const Keys keys{call.arguments + 1, 1};
    if (!read_deadline(call, seconds, deadline_ms) || !find_list(call, keys, key, source))
        return;
    if (source)
        return move_element(call, source, from, to);
    call.within_exec ? call.reply.null() : wait_for(call, keys, deadline_ms);
}

} // namespace

void lpop(Call& call) {
    pop(call, End::Front);
}

void rpop(Call& call) {
    pop(call, End::Back);
}

void blpop(Call& call) {
    pop_or_wait(call, End::Front);
}

void brpop(Call& call) {
    pop_or_wait(call, End::Back);
}

void lmpop(Call& call) {
    ManyOptions options;
    std::string_view key;
    Entry* entry;
    if (!read_many(call, 1, options) || !find_list(call, options.keys, key, entry))
        return;
    entry ? take_from_first(call, key, entry, options) : call.reply.null_array();
}

void blmpop(Call& call) {
    ManyOptions options;
    std::int64_t deadline_ms;
    std::string_view key;
    Entry* entry;
    if (!read_many(call, 2, options) || !read_deadline(call, call[1], deadline_ms) ||
        !find_list(call, options.keys, key, entry))
        return;
    entry ? take_from_first(call, key, entry, options) : wait_for(call, options.keys, deadline_ms);
}

void lmove(Call& call) {
    End from, to;
    if (read_end(call, call[3], from) && read_end(call, call[4], to))
        move_at_once(call, from, to);
}

void rpoplpush(Call& call) {
    move_at_once(call, End::Back, End::Front);
}

void blmove(Call& call) {
    End from, to;
    if (read_end(call, call[3], from) && read_end(call, call[4], to))
        move_or_wait(call, from, to, call[5]);
}

void brpoplpush(Call& call) {
    move_or_wait(call, End::Back, End::Front, call[3]);
}

} // namespace exo::kv::commands
