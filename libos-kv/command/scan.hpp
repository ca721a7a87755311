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

} // namespace exo::kv
