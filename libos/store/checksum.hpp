// Checksums of the on-disk format: CRC32C of records and headers, CRC64 of pages.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::store {

// CRC32C (Castagnoli, RFC 3720 B.4) of `bytes` octets after those that gave `before` (0: none), by the processor's
// instruction, which uses general registers only.
std::uint32_t crc32c(std::uint32_t before, const void* data, std::size_t bytes);

// CRC64 with the polynomial of ECMA-182, reflected (as in XZ), of `bytes` octets after those that gave `before` (0:
// none).
std::uint64_t crc64(std::uint64_t before, const void* data, std::size_t bytes);

// The checksum of a page of 4 KiB that lies at `sector`: of its contents, its place and the store it belongs to, so
// that a page that was written elsewhere, or is left from another store, does not pass.
std::uint64_t page_checksum(std::uint64_t salt, std::uint64_t sector, const void* page);

} // namespace exo::store
