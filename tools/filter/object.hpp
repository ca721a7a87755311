// Reads the program out of an object file of the BPF target: one function in a section "filter" or "handler", and the
// size of its scratch memory in a section "scratch".
#pragma once

#include "secure-bindings/abi/filter.hpp"

#include <expected>
#include <span>
#include <string>
#include <vector>

namespace exo::tool {

struct FilterObject {
    std::string name; // of the function
    FilterKind kind = FilterKind::Filter;
    std::uint32_t scratch_bytes = 0;
    std::vector<FilterInstruction> program;
};

// The error is a sentence about the object file. Looks at no octet outside `file`.
std::expected<FilterObject, std::string> read_filter_object(std::span<const std::byte> file);

} // namespace exo::tool
