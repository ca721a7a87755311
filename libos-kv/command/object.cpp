// How keys are kept: OBJECT, MEMORY.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/data/hash.hpp"
#include "libos-kv/data/list.hpp"
#include "libos-kv/data/sorted_set.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

constexpr std::size_t embedded_max = 44; // of a string that Redis keeps in one block with its object

std::string_view encoding_of(Entry& entry) {
    switch (entry.type()) {
    case Type::String:
        if (entry.form() == Entry::Form::Number)
            return "int";
        return string_size(entry) <= embedded_max && !entry.edited ? "embstr" : "raw";
    case Type::List:
        return "quicklist";
    case Type::Set:
        return entry.set().is_numbers() ? "intset" : "hashtable";
    case Type::SortedSet:
        return entry.sorted_set().is_packed() ? "listpack" : "skiplist";
    case Type::Hash:
        return entry.hash().is_packed() ? "listpack" : "hashtable";
    }
    return {};
}

Entry* entry_or_null(Call& call) {
    Entry* entry = call.peek(call[2]);
    if (!entry)
        call.reply.null();
    return entry;
}

std::size_t bytes_of(Entry& entry) {
    constexpr std::size_t place_bytes = 8; // in the index, on the average
    std::size_t bytes = block_bytes(entry.bytes()) + place_bytes;
    switch (entry.type()) {
    case Type::String:
        return bytes +
               (entry.form() == Entry::Form::Block ? sizeof(SharedText) + block_bytes(entry.word().block->room()) : 0);
    case Type::List:
        return bytes + entry.list().bytes();
    case Type::Set:
        return bytes + entry.set().bytes();
    case Type::SortedSet:
        return bytes + entry.sorted_set().bytes();
    case Type::Hash:
        return bytes + entry.hash().bytes();
    }
    return bytes;
}

} // namespace

void object_encoding(Call& call) {
    if (Entry* entry = entry_or_null(call))
        call.reply.bulk(encoding_of(*entry));
}

void object_refcount(Call& call) {
    Entry* entry = entry_or_null(call);
    if (!entry)
        return;
    // Redis keeps one object for each small number, of which it says that everybody refers to it.
    constexpr std::int64_t shared_numbers = 10'000, everybody = 2'147'483'647;
    const bool shared = entry->type() == Type::String && entry->form() == Entry::Form::Number &&
                        entry->word().number >= 0 && entry->word().number < shared_numbers;
    call.reply.integer(shared ? everybody : 1);
}

void object_idletime(Call& call) {
    const Entry* entry = entry_or_null(call);
    if (!entry)
        return;
    if (is_lfu(call.server.config.policy))
        return call.reply.error(
            "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between "
            "policies at runtime LRU and LFU data will take some time to adjust.");
    call.reply.integer(idle_seconds(*entry, call.server.access_clock()));
}

void object_freq(Call& call) {
    const Entry* entry = entry_or_null(call);
    if (!entry)
        return;
    if (!is_lfu(call.server.config.policy))
        return call.reply.error("ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please "
                                "note that when switching "
                                "between policies at runtime LRU and LFU data will take some time to adjust.");
    call.reply.integer(access_count(*entry, call.server.access_clock()));
}

void memory_usage(Call& call) {
    for (std::size_t index = 3; index < call.count; index += 2) {
        std::int64_t samples;
        if (!is_word(call[index], "samples") || index + 1 == call.count)
            return call.syntax_error();
        if (!call.integer(call[index + 1], samples))
            return;
        if (samples < 0)
            return call.syntax_error();
    }
    if (Entry* entry = entry_or_null(call))
        call.reply.integer(static_cast<std::int64_t>(bytes_of(*entry)));
}

} // namespace exo::kv::commands
