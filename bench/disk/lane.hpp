// What both systems' programs agree on: one thread that reads and writes one disk. suite.hpp measures through a Lane;
// README.md lists the lanes.
//
// A Lane offers, none of it waiting unless the lane's name says that it blocks:
//   give(slot, transfer)  -> carries it from or to buffer `slot`, below depth_most, once `ring` is called
//   ring()                -> hands over what was given
//   take(into)            -> how many have ended since, their slots in `into` (depth_max of them); negative: one failed
//   print(std::string_view)
//   depth_most            -> how many may be under way; 1: `ring` returns when the one has ended
// A lane that can say how often the kernel was entered has kernel_entries(). One that blocks may have
// passed_instructions(): those that only waited, since it was opened.
#pragma once

#include <cstdint>

namespace bench::disk {

inline constexpr std::uint32_t page = 4096;
inline constexpr std::uint32_t piece_max = 128 * 1024; // the longest transfer, and a slot's buffer
inline constexpr std::uint32_t depth_max = 32;
inline constexpr std::uint64_t disk_bytes = 1u << 30;

enum class Direction : std::uint8_t { read, write };

struct Transfer {
    std::uint64_t offset; // octets, of a multiple of `bytes`
    std::uint32_t bytes;
    Direction direction;
};

} // namespace bench::disk
