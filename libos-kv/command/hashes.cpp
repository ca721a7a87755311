// Hashes.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/scan.hpp"
#include "libos-kv/data/hash.hpp"
#include "libos-kv/number/real.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

// The hash of a key that is to be changed, made if there is none. Null: the key is of another type, which was said.
Hash* hash_to_change(Call& call) {
    Entry* entry;
    if (!call.write(call[1], Type::Hash, entry))
        return nullptr;
    if (!entry) {
        entry = call.db().add_object(call[1], Type::Hash, make<Hash>());
        note_birth(*entry, call.server.access_clock());
    }
    return &entry->hash();
}

void reply_field(Call& call, Entry* entry, std::string_view field) {
    PackedValue value;
    if (entry && entry->hash().get(field, value))
        call.reply.bulk(value.view());
    else
        call.reply.null();
}

std::int64_t set_fields(Call& call, Hash& hash) {
    // One long value decides for all, before any is set.
    for (std::size_t index = 2; index < call.count; index++)
        hash.admit(call[index]);
    std::int64_t created = 0;
    for (std::size_t index = 2; index < call.count; index += 2)
        created += hash.set(call[index], call[index + 1]);
    call.changed(call[1]);
    return created;
}

enum class Parts : std::uint8_t { Fields, Values, Both };

void reply_all(Call& call, Parts parts) {
    Entry* entry;
    if (!call.read(call[1], Type::Hash, entry))
        return;
    const std::size_t size = entry ? entry->hash().size() : 0;
    parts == Parts::Both ? call.reply.map(size) : call.reply.array(size);
    if (entry)
        entry->hash().for_each([&](std::string_view field, std::string_view value) {
            if (parts != Parts::Values)
                call.reply.bulk(field);
            if (parts != Parts::Fields)
                call.reply.bulk(value);
        });
}

} // namespace

void hset(Call& call) {
    if (call.count % 2)
        return call.wrong_count();
    if (Hash* hash = hash_to_change(call))
        call.reply.integer(set_fields(call, *hash));
}

void hmset(Call& call) {
    if (call.count % 2)
        return call.wrong_count();
    if (Hash* hash = hash_to_change(call)) {
        set_fields(call, *hash);
        call.reply.ok();
    }
}

void hsetnx(Call& call) {
    Hash* hash = hash_to_change(call);
    PackedValue value;
    if (!hash)
        return;
    if (hash->get(call[2], value))
        return call.reply.integer(0);
    set_fields(call, *hash);
    call.reply.integer(1);
}

void hget(Call& call) {
    Entry* entry;
    if (call.read(call[1], Type::Hash, entry))
        reply_field(call, entry, call[2]);
}

void hmget(Call& call) {
    Entry* entry;
    if (!call.read(call[1], Type::Hash, entry))
        return;
    call.reply.array(call.count - 2);
    for (std::size_t index = 2; index < call.count; index++)
        reply_field(call, entry, call[index]);
}

void hdel(Call& call) {
    Entry* entry;
    if (!call.write(call[1], Type::Hash, entry))
        return;
    std::int64_t erased = 0;
    for (std::size_t index = 2; entry && index < call.count; index++)
        erased += entry->hash().erase(call[index]);
    if (erased) {
        if (entry->hash().size() == 0)
            call.erase(entry);
        call.changed(call[1]);
    }
    call.reply.integer(erased);
}

void hexists(Call& call) {
    Entry* entry;
    PackedValue value;
    if (call.read(call[1], Type::Hash, entry))
        call.reply.integer(entry && entry->hash().get(call[2], value));
}

void hlen(Call& call) {
    Entry* entry;
    if (call.read(call[1], Type::Hash, entry))
        call.reply.integer(entry ? static_cast<std::int64_t>(entry->hash().size()) : 0);
}

void hstrlen(Call& call) {
    Entry* entry;
    PackedValue value;
    if (call.read(call[1], Type::Hash, entry))
        call.reply.integer(entry && entry->hash().get(call[2], value) ? static_cast<std::int64_t>(value.view().size())
                                                                      : 0);
}

void hgetall(Call& call) {
    reply_all(call, Parts::Both);
}

void hkeys(Call& call) {
    reply_all(call, Parts::Fields);
}

void hvals(Call& call) {
    reply_all(call, Parts::Values);
}

void hincrby(Call& call) {
    std::int64_t amount, value = 0;
    if (!call.integer(call[3], amount))
        return;
    Hash* hash = hash_to_change(call);
    PackedValue old;
    if (!hash || (hash->get(call[2], old) && !call.integer(old.view(), value, "ERR hash value is not an integer")))
        return;
    if (__builtin_add_overflow(value, amount, &value))
        return call.reply.error("ERR increment or decrement would overflow");
    hash->set(call[2], IntegerText(value));
    call.changed(call[1]);
    call.reply.integer(value);
}

void hincrbyfloat(Call& call) {
    const auto amount = parse_long_double(call[3]);
    if (!amount)
        return call.reply.error("ERR value is not a valid float");
    if (__builtin_isinf(*amount))
        return call.reply.error("ERR value is NaN or Infinity");
    Hash* hash = hash_to_change(call);
    if (!hash)
        return;
    PackedValue old;
    const auto value = hash->get(call[2], old) ? parse_long_double(old.view()) : 0;
    if (!value)
        return call.reply.error("ERR hash value is not a float");
    const long double sum = *value + *amount;
    if (__builtin_isnan(sum) || __builtin_isinf(sum))
        return call.reply.error("ERR increment would produce NaN or Infinity");
    char text[human_text_max];
    const std::string_view shown(text, format_human(sum, text));
    hash->set(call[2], shown);
    call.changed(call[1]);
    call.reply.bulk(shown);
}

void hscan(Call& call) {
    scan_within(call, Type::Hash,
                [](Entry& entry, std::uint64_t cursor, auto found) { return entry.hash().scan(cursor, found); });
}

} // namespace exo::kv::commands
