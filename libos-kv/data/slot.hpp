// Which of 16,384 slots a key belongs to: CRC16 (XMODEM: polynomial 0x1021, nothing inverted) of the key, or of what
// stands between its first { and the next }, if anything does (Redis Cluster specification, "Hash tags").
#pragma once

#include <cstdint>
#include <string_view>

namespace exo::kv {

inline constexpr unsigned slots_count = 16384;

unsigned slot_of(std::string_view key);

} // namespace exo::kv
