// What the verifier knows about one register or one spilled slot, and about all of them at one instruction.
#pragma once

#include "secure-bindings/filter/instruction.hpp"

#include <array>
#include <limits>

namespace exo::filter {

enum class Type : std::uint8_t {
    Nothing, // never written, or not needed any more
    Scalar,
    Context,
    Packet,    // an address in the frame
    PacketEnd, // data_end; never dereferenced
    Stack,     // an address in the 512 octets below R10
    Scratch,   // an address in the program's own memory
};

// The numbers a value may be, as unsigned and as signed ones; both hold.
struct Range {
    std::uint64_t umin = 0;
    std::uint64_t umax = std::numeric_limits<std::uint64_t>::max();
    std::int64_t smin = std::numeric_limits<std::int64_t>::min();
    std::int64_t smax = std::numeric_limits<std::int64_t>::max();

    bool constant() const { return umin == umax; }
    bool operator==(const Range&) const = default;
};

constexpr Range exactly(std::uint64_t value) {
    return {value, value, static_cast<std::int64_t>(value), static_cast<std::int64_t>(value)};
}
// From `least` to `most`, both below 2^63.
constexpr Range between(std::uint64_t least, std::uint64_t most) {
    return {least, most, static_cast<std::int64_t>(least), static_cast<std::int64_t>(most)};
}

// Values that share an id differ by their offsets only: a scalar is (what the id stands for) + offset, an address is
// (start) + (what the id stands for) + offset. Id 0 stands for nothing: a scalar unlike any other, an address at
// start + offset.
inline constexpr std::uint32_t length_id = 1; // the length of the frame

struct Value {
    Range range = exactly(0); // of a scalar: the value; of an address: what its id stands for
    std::uint32_t id = 0;
    std::int32_t offset = 0;
    std::uint32_t known = 0; // with an id: octets that the frame is known to have after start + (id)
    Type type = Type::Nothing;

    bool constant() const { return type == Type::Scalar && range.constant(); }
    bool operator==(const Value&) const = default;
};

inline constexpr std::size_t spills_max = 12; // 8-octet values that the stack may hold without losing what is known
inline constexpr std::size_t values_max = register_count + spills_max;
inline constexpr std::size_t slot_count = filter_stack_bytes / 8;
inline constexpr std::uint8_t no_spill = 0; // otherwise an index, never that of a register

// Eight octets of stack, the one at R10 - 512 being the first.
struct Slot {
    std::uint8_t written = 0;      // a bit for each octet
    std::uint8_t spill = no_spill; // index among State::values of what was stored whole
    bool operator==(const Slot&) const = default;
};

struct State {
    std::array<Value, values_max> values; // R0 to R10, then what is spilled
    std::array<Slot, slot_count> slots;
    std::uint32_t packet_bytes = 0; // the frame is known to have as many

    bool operator==(const State&) const = default;
};

} // namespace exo::filter
