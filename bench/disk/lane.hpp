// What both systems' programs agree on: one thread that reads blocks of 4 KiB of one disk in an order that is no order.
// suite.hpp measures through a Lane; README.md lists the lanes.
//
// A Lane offers, none of it waiting:
//   give(slot, page) -> reads the 4 KiB numbered `page` into buffer `slot`, below depth_max, once `ring` is called
//   ring()           -> hands over what was given
//   take()           -> how many reads have ended since; negative when one failed
//   print(std::string_view)
#pragma once

#include <cstdint>

namespace bench::disk {

inline constexpr std::uint32_t read_bytes = 4096;
inline constexpr std::uint32_t depth_max = 32;
inline constexpr std::uint64_t disk_pages = 262'144; // 1 GiB

} // namespace bench::disk
