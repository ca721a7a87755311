// Checksums of octets, by ISA-L's fastest code for this processor, or without vector registers where it has none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace exo::coding {

// CRC32C (Castagnoli, RFC 3720 B.4) of `bytes` octets after those that gave `before` (0: none).
std::uint32_t crc32c(std::uint32_t before, const void* data, std::size_t bytes);

// CRC64 with the polynomial of ECMA-182, reflected (as in XZ), of `bytes` octets after those that gave `before` (0:
// none).
std::uint64_t crc64(std::uint64_t before, const void* data, std::size_t bytes);

// The same of several pages of 4 KiB at once, whose vector registers are kept only once: sums[i] is what came before
// pages[i], and becomes its checksum.
inline constexpr std::size_t crc64_page_bytes = 4096;
void crc64_of_pages(std::span<const std::byte* const> pages, std::uint64_t* sums);

} // namespace exo::coding
