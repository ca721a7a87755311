// Runs a verified program instruction by instruction: the reference for the JIT. Checks nothing at run time, and has no
// defence against speculation; ring 0 runs what the JIT made.
#pragma once

#include "secure-bindings/filter/helpers.hpp"
#include "secure-bindings/filter/verified.hpp"

namespace exo::filter {

// R0 at the end. `context` describes memory as Verified demands it: data_end and length belong to data, scratch has
// scratch_bytes.
std::uint64_t interpret(const Verified& verified, FilterContext& context, const HelperTable& helpers);

// The same, and adds to `instructions` what it executed.
std::uint64_t interpret_counted(const Verified& verified, FilterContext& context, const HelperTable& helpers,
                                std::uint64_t& instructions);

} // namespace exo::filter
