// eBPF programs (RFC 9669) that the filter bench looks at, made of instructions.
#pragma once

#include "secure-bindings/abi/filter.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace bench::filter {

using Instruction = exo::FilterInstruction;

// IPv4, whole, UDP to port 4000: twenty instructions, all of which run for such a datagram.
inline constexpr std::size_t filter_instructions = 20;
extern const std::array<Instruction, filter_instructions> udp_port_filter;

// Programs made to give the verifier much to do: branches that join in states which differ in what was looked at last.
enum class Hard { registers, stack, both, length }; // the last: as long as a program may be
inline constexpr std::array hard_kinds = {Hard::registers, Hard::stack, Hard::both, Hard::length};
// Fills `into` as far as it likes; the instructions used.
std::size_t make_hard(Hard kind, std::span<Instruction, exo::filter_instructions_max> into);

} // namespace bench::filter
