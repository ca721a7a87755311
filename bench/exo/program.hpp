// The surroundings of a native bench program: arguments, output, and giving up. Not for programs linked with
// libos-hpc, which have a C library for all of it.
#pragma once

#include "libos/start/native.hpp"
#include "secure-bindings/abi/syscall.hpp"

#include <string_view>

namespace bench {

// Argument `index` of the command line, argument 0 being the program; empty when there are not so many.
std::string_view program_argument(const exo::StartInfo& start, std::uint32_t index);

inline void print(std::string_view text) {
    exo::log_text(text.data(), text.size());
}

// Ends the program with a sentence. The reason may be nothing.
[[noreturn]] void give_up(const char* step, const char* reason);

// Ends the program with a sentence unless the step was done. Inline, and the text untouched when it was: these stand
// inside what is measured.
inline void require(bool done, const char* step) {
    if (!done)
        give_up(step, nullptr);
}

template <typename Value>
Value required(const exo::Result<Value>& result, const char* step) {
    require(result.has_value(), step);
    return *result;
}

inline std::uint64_t required(exo::CallResult result, const char* step) {
    if (!result.ok())
        give_up(step, exo::error_name(result.error()));
    return result.value();
}

} // namespace bench
