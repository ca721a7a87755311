// Changing strings in place: counters, octets and bits.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/number/real.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

void add(Call& call, std::int64_t amount) {
    Entry* entry;
    if (!call.write(call[1], Type::String, entry))
        return;
    std::int64_t value = 0;
    StringScratch scratch;
    if (entry && !call.integer(string_of(*entry, scratch), value))
        return;
    if (__builtin_add_overflow(value, amount, &value))
        return call.reply.error("ERR increment or decrement would overflow");
    const std::int64_t expiry = entry ? entry->expiry() : never_expires;
    Entry* fresh = call.db().put_number(entry, call[1], value, expiry);
    if (!entry)
        note_birth(*fresh, call.server.access_clock());
    call.changed(call[1]);
    call.reply.integer(value);
}

// A string that is there to be changed, made if it is not. `octets`: its size at least afterwards, zeros at its end.
Text& string_to_change(Call& call, Entry* entry, std::size_t octets) {
    if (!entry) {
        entry = call.db().put_string(nullptr, call[1], {}, never_expires);
        note_birth(*entry, call.server.access_clock());
    }
    Text& text = call.db().editable(entry);
    if (text.size() < octets) {
        const std::size_t before = text.size();
        fill_bytes(text.grow(octets - before), 0, octets - before);
    }
    return text;
}

bool is_too_large(Call& call, std::uint64_t octets) {
    if (octets <= string_octets_max)
        return false;
    call.reply.error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
    return true;
}

} // namespace

void incr(Call& call) {
    add(call, 1);
}

void decr(Call& call) {
    add(call, -1);
}

void incrby(Call& call) {
    std::int64_t amount;
    if (call.integer(call[2], amount))
        add(call, amount);
}

void decrby(Call& call) {
    std::int64_t amount;
    if (!call.integer(call[2], amount))
        return;
    if (amount == INT64_MIN)
        return call.reply.error("ERR decrement would overflow");
    add(call, -amount);
}

void incrbyfloat(Call& call) {
    Entry* entry;
    if (!call.write(call[1], Type::String, entry))
        return;
    StringScratch scratch;
    const auto value = entry ? parse_long_double(string_of(*entry, scratch)) : 0;
    const auto amount = value ? parse_long_double(call[2]) : std::nullopt;
    if (!amount)
        return call.reply.error("ERR value is not a valid float");
    const long double sum = *value + *amount;
    if (__builtin_isnan(sum) || __builtin_isinf(sum))
        return call.reply.error("ERR increment would produce NaN or Infinity");
    char text[human_text_max];
    const std::string_view shown(text, format_human(sum, text));
    Entry* fresh = call.db().put_octets(entry, call[1], shown, entry ? entry->expiry() : never_expires);
    note_birth(*fresh, call.server.access_clock());
    call.changed(call[1]);
    call.reply.bulk(shown);
}

void append(Call& call) {
    Entry* entry;
    if (!call.write(call[1], Type::String, entry))
        return;
    if (!entry) {
        Entry* fresh = call.db().put_string(nullptr, call[1], call[2], never_expires);
        note_birth(*fresh, call.server.access_clock());
        call.changed(call[1]);
        return call.reply.integer(static_cast<std::int64_t>(call[2].size()));
    }
    if (is_too_large(call, string_size(*entry) + call[2].size()))
        return;
    Text& text = string_to_change(call, entry, 0);
    text.append(call[2]);
    call.changed(call[1]);
    call.reply.integer(static_cast<std::int64_t>(text.size()));
}

void setrange(Call& call) {
    std::int64_t offset;
    if (!call.integer(call[2], offset))
        return;
    if (offset < 0)
        return call.reply.error("ERR offset is out of range");
    Entry* entry;
    if (!call.write(call[1], Type::String, entry))
        return;
    const std::string_view octets = call[3];
    if (octets.empty())
        return call.reply.integer(entry ? static_cast<std::int64_t>(string_size(*entry)) : 0);
    const std::uint64_t end = static_cast<std::uint64_t>(offset) + octets.size();
    if (is_too_large(call, end))
        return;
    Text& text = string_to_change(call, entry, end);
    copy_bytes(text.data() + offset, octets.data(), octets.size());
    call.changed(call[1]);
    call.reply.integer(static_cast<std::int64_t>(text.size()));
}

void setbit(Call& call) {
    std::int64_t offset, bit;
    if (!call.integer_between(call[2], 0, static_cast<std::int64_t>(string_octets_max) * 8 - 1, offset,
                              "ERR bit offset is not an integer or out of range") ||
        !call.integer_between(call[3], 0, 1, bit, "ERR bit is not an integer or out of range"))
        return;
    Entry* entry;
    if (!call.write(call[1], Type::String, entry))
        return;
    const auto at = static_cast<std::size_t>(offset / 8);
    Text& text = string_to_change(call, entry, at + 1);
    const unsigned mask = 0x80u >> (offset % 8);
    char& octet = text.data()[at];
    const bool before = (static_cast<unsigned char>(octet) & mask) != 0;
    octet = static_cast<char>((static_cast<unsigned char>(octet) & ~mask) | (bit ? mask : 0));
    call.changed(call[1]);
    call.reply.integer(before);
}

} // namespace exo::kv::commands
