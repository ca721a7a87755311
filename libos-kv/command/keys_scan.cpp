// Walking over all keys: SCAN, KEYS; and what SSCAN, HSCAN and ZSCAN share with them.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/scan.hpp"
#include "libos-kv/data/pattern.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

namespace {

bool is_everything(std::string_view pattern) {
    return pattern.size() == 1 && pattern.front() == '*';
}

} // namespace

bool ScanOptions::fits(std::string_view octets) const {
    return !has_pattern || matches_pattern(pattern, octets);
}

// As strtoul reads it: a sign is allowed, and a negative number is what wraps around to it.
bool read_scan_cursor(Call& call, std::string_view text, ScanOptions& options) {
    std::string_view digits = text.substr(0, text.find('\0'));
    const bool negative = !digits.empty() && digits.front() == '-';
    if (!digits.empty() && (digits.front() == '-' || digits.front() == '+'))
        digits.remove_prefix(1);
    std::uint64_t value = 0;
    bool bad = digits.empty() && !text.empty() && text.front() != '\0';
    for (const char octet : digits)
        bad |= octet < '0' || octet > '9' || __builtin_mul_overflow(value, 10u, &value) ||
               __builtin_add_overflow(value, static_cast<unsigned>(octet - '0'), &value);
    if (bad)
        call.reply.error("ERR invalid cursor");
    options.cursor = negative ? 0 - value : value;
    return !bad;
}

bool read_scan_options(Call& call, std::size_t at, bool with_type, ScanOptions& options) {
    for (; at < call.count; at += 2) {
        const bool has_value = at + 1 < call.count;
        if (has_value && is_word(call[at], "count")) {
            if (!call.integer(call[at + 1], options.count))
                return false;
            if (options.count < 1) {
                call.syntax_error();
                return false;
            }
        } else if (has_value && is_word(call[at], "match")) {
            options.pattern = call[at + 1];
            options.has_pattern = !is_everything(options.pattern);
        } else if (has_value && with_type && is_word(call[at], "type")) {
            options.type = call[at + 1];
            options.has_type = true;
        } else {
            call.syntax_error();
            return false;
        }
    }
    return true;
}

void reply_scan(Call& call, std::uint64_t cursor) {
    char text[integer_text_max];
    call.reply.array(2);
    call.reply.bulk({text, format_unsigned(cursor, text)});
}

namespace commands {

namespace {

bool is_type(std::string_view given, Type type) {
    return is_word(given, type_name(type));
}

} // namespace

void scan(Call& call) {
    ScanOptions options;
    if (!read_scan_cursor(call, call[1], options) || !read_scan_options(call, 2, true, options))
        return;
    Array<Entry*> found;
    std::int64_t rounds = options.count > INT64_MAX / 10 ? INT64_MAX : options.count * 10;
    std::uint64_t cursor = options.cursor;
    std::int64_t seen = 0;
    do {
        cursor = call.db().keys().scan(cursor, [&](Entry& entry) {
            seen++;
            if (options.fits(entry.key()) && (!options.has_type || is_type(options.type, entry.type())))
                found.push(&entry);
        });
    } while (cursor && rounds-- && seen < options.count);
    reply_scan(call, cursor);
    const std::size_t mark = call.reply.mark();
    std::size_t count = 0;
    for (Entry* entry : found)
        if (!call.server.expire_if_due(call.session.database, entry)) {
            call.reply.bulk(entry->key());
            count++;
        }
    call.reply.array_at(mark, count);
}

void keys(Call& call) {
    const std::size_t mark = call.reply.mark();
    std::size_t count = 0;
    call.db().keys().for_each([&](Entry& entry) {
        if ((entry.expires && entry.expiry() <= call.now_ms) ||
            !(is_everything(call[1]) || matches_pattern(call[1], entry.key())))
            return;
        call.reply.bulk(entry.key());
        count++;
    });
    call.reply.array_at(mark, count);
}

} // namespace commands

} // namespace exo::kv
