// CRC64 by tables, with general registers alone: for short runs, for processors without PCLMULQDQ, and what tests hold
// the others to.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::coding {

// As crc64 (checksum.hpp).
std::uint64_t crc64_by_tables(std::uint64_t before, const void* data, std::size_t bytes);

} // namespace exo::coding
