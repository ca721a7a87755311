// A program that the verifier has accepted: what interpreter and JIT rely on.
#pragma once

#include "secure-bindings/abi/filter.hpp"

#include <array>
#include <span>

namespace exo::filter {

// Additions and subtractions of a register, by what they were seen to work on. Speculation may bring any number into
// one that moves an address, so the JIT holds it to the greatest one seen.
enum class Sum : std::uint8_t {
    Unseen = 0,
    Plain,    // numbers only
    Forward,  // an address in the destination is moved by a number
    Reversed, // a number in the destination, and the address is the other operand
    Mixed,    // not the same on all paths: needs a fence instead
};

// What the verifier found out about one instruction, over all paths.
struct Note {
    std::uint8_t flags = 0; // of note::
    Sum sum = Sum::Unseen;
    std::uint16_t limit = 0; // of the number that moves an address

    bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

namespace note {
inline constexpr std::uint8_t reached = 1u << 0; // some path leads here; others are never executed
inline constexpr std::uint8_t target = 1u << 1;  // some jump leads here
inline constexpr std::uint8_t second = 1u << 2;  // not an instruction but the rest of a wide one
// Speculation must stop here: after a conditional jump, whichever way it goes; after a store; before an addition.
inline constexpr std::uint8_t fence = 1u << 3;
} // namespace note

// Good as long as the instructions and the Verifier that it came from are left alone.
struct Verified {
    std::span<const FilterInstruction> program;
    std::span<const Note> notes; // one for each instruction
    FilterKind kind = FilterKind::Filter;
    std::uint32_t cost = 0;          // most instructions that a run takes, in the unit of filter_cost_max
    std::uint32_t scratch_bytes = 0; // the context must have at least as many behind `scratch`
    std::uint32_t stack_bytes = 0;   // what it uses of the 512, a multiple of 8
    std::uint32_t helpers = 0;       // a bit for each FilterHelper that it calls, by number
};

} // namespace exo::filter
