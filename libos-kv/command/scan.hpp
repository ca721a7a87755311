// What the commands of the SCAN family have in common.
#pragma once

#include "libos-kv/command/command.hpp"

namespace exo::kv {

struct ScanOptions {
    std::uint64_t cursor = 0;
    std::int64_t count = 10;
    std::string_view pattern, type;
    bool has_pattern = false, has_type = false;

    bool fits(std::string_view octets) const;
};

// The cursor, and then the options from argument `at` on. False: an error was said.
bool read_scan_cursor(Call& call, std::string_view text, ScanOptions& options);
bool read_scan_options(Call& call, std::size_t at, bool with_type, ScanOptions& options);
// Begins a reply: the next cursor. An array of what was found follows.
void reply_scan(Call& call, std::uint64_t cursor);

// A whole command that walks over what one key holds. `step(entry, cursor, found)` visits some of it as Index::scan,
// says found(name, values...) of each in strings, and returns the next cursor.
template <typename Step>
void scan_within(Call& call, Type type, Step step) {
    ScanOptions options;
    Entry* entry;
    if (!read_scan_cursor(call, call[2], options) || !call.read(call[1], type, entry))
        return;
    if (!entry) {
        reply_scan(call, 0);
        return call.reply.array(0);
    }
    if (!read_scan_options(call, 3, false, options))
        return;
    Text found;
    Reply items(found);
    std::size_t count = 0;
    std::int64_t seen = 0;
    std::uint64_t cursor = options.cursor;
    do {
        cursor = step(*entry, cursor, [&](std::string_view name, auto... values) {
            seen++;
            if (!options.fits(name))
                return;
            items.bulk(name);
            (items.bulk(values), ...);
            count += 1 + sizeof...(values);
        });
    } while (cursor && seen < options.count);
    reply_scan(call, cursor);
    call.reply.array(count);
    call.reply.raw(found);
}

} // namespace exo::kv
