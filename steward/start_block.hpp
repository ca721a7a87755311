// The StartInfo block with its strings, laid out in memory. Pure, for host tests.
#pragma once

#include "libos/start/start_info.hpp"
#include "steward/manifest.hpp"

#include <span>

namespace exo::steward {

// Bytes that the block of a program takes.
std::uint64_t start_block_bytes(const ProgramWish& wish, const Manifest& manifest);
// Completes `info` with the strings' places and writes everything to `block`, which is that long and zeroed.
void write_start_block(const ProgramWish& wish, const Manifest& manifest, StartInfo& info, std::span<std::byte> block);

} // namespace exo::steward
