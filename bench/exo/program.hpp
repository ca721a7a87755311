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

// Ends the program with a sentence unless the step was done.
void require(bool done, std::string_view step);

template <typename Value>
Value required(const exo::Result<Value>& result, std::string_view step) {
    require(result.has_value(), step);
    return *result;
}
std::uint64_t required(exo::CallResult result, std::string_view step);

} // namespace bench
