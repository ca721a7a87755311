// Binding a program (filter.hpp) to a flow: what the row BindKind::Filter points at.
#pragma once

#include "secure-bindings/abi/filter.hpp"
#include "secure-bindings/abi/types.hpp"

namespace exo {

// Frames that the row gives: memory for verifying and compiling, of which the kernel keeps what code and scratch memory
// take once the program is accepted; the rest is the owner's again.
inline constexpr std::uint64_t filter_frames = 112;
inline constexpr std::size_t filter_report_bytes_max = 1024;

// The program is copied when the row is first given. Verifying is done a piece a call: the row fails with Again until
// it is bound or refused, and is given again as it was. With Refused, `report` holds a sentence (at most report_bytes
// octets, ended by a zero): the instruction, the rule broken, and what was known of the registers.
struct FilterRequest {
    std::uint64_t program;       // address of FilterInstruction[count]
    std::uint32_t count;         // 1 to filter_instructions_max
    std::uint32_t scratch_bytes; // up to filter_scratch_bytes_max, zeroed once
    FilterKind kind;
    std::uint8_t reserved[7]; // 0
    std::uint64_t report;     // address, or 0
    std::uint64_t report_bytes;
};
static_assert(sizeof(FilterRequest) == 40);

} // namespace exo
