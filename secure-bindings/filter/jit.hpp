// Compiles a verified program to x86-64. General registers only, no red zone, no indirect jump or call. The caller owns
// the memory: it writes while the pages are writable, then makes them executable and not writable before the first run.
#pragma once

#include "secure-bindings/filter/helpers.hpp"
#include "secure-bindings/filter/verified.hpp"

#include <expected>

namespace exo::filter {

// A compiled program is called by the System V convention: the context in RDI, R0 of the program in RAX.
using Compiled = std::uint64_t (*)(FilterContext*);

enum class JitProblem : std::uint8_t {
    NoRoom,    // the code does not fit in the memory given
    OutOfReach // a helper is 2 GiB or more away from `run_address`
};

struct JitTarget {
    std::span<std::byte> memory; // where the code is written
    std::uint64_t run_address;   // where `memory` will be when it runs; the same, unless it is mapped twice
    std::uint64_t key;           // random, new for each program, kept from its owner: hides constants and the entry
};

struct JitCode {
    std::uint32_t entry; // of the compiled function, from the start of the memory
    std::uint32_t bytes; // used of the memory, all from the start
};

// Room that suffices for any program of `instructions` instructions.
constexpr std::size_t jit_bytes_max(std::size_t instructions) {
    return 256 + 96 * instructions;
}

// Working memory of one compilation, given by the caller.
struct JitWork {
    std::array<std::uint32_t, filter_instructions_max + 1> offsets; // of the code of each instruction
};

// Writes nothing outside target.memory; what it leaves there after an error must not be run.
std::expected<JitCode, JitProblem> compile(const Verified& verified, const HelperTable& helpers,
                                           const JitTarget& target, JitWork& work);

} // namespace exo::filter
