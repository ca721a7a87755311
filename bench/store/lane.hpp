// What both systems' programs agree on: one thread that appends records and has them durable. suite.hpp measures
// through a Lane; README.md lists the lanes.
//
// A Lane offers:
//   append(count)            -> appends so many records of record_bytes; true when all of them are on the medium
//   print(std::string_view)
#pragma once

#include <cstdint>

namespace bench::store {

inline constexpr std::uint32_t record_bytes = 256;
inline constexpr std::uint32_t group = 32; // records that share a commit

} // namespace bench::store
