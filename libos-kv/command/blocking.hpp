// What commands that wait for a key have in common.
#pragma once

#include "libos-kv/command/command.hpp"

namespace exo::kv {

// The moment until which a command waits, from seconds as text; 0: for ever. False: an error was said.
bool read_deadline(Call& call, std::string_view seconds, std::int64_t& deadline_ms);

// Whether what a key holds may serve the call: any may the first time, on a retry only the one that changed.
bool may_serve_call(const Call& call, std::string_view key);

} // namespace exo::kv
