// When a key is to expire, as commands say it.
#pragma once

#include "libos-kv/command/command.hpp"

namespace exo::kv {

enum class TimeUnit : std::uint8_t { Seconds, Milliseconds };
enum class TimeBase : std::uint8_t { FromNow, Absolute };

// Reads a moment into milliseconds since 1970. `positive`: zero and less are errors. False: an error was said.
bool read_moment(Call& call, std::string_view text, TimeUnit unit, TimeBase base, bool positive, std::int64_t& at_ms);

} // namespace exo::kv
