// Checksums of the on-disk format: CRC32C of records and headers, CRC64 of pages.
#pragma once

#include "libos/coding/checksum.hpp"

namespace exo::store {

using coding::crc32c, coding::crc64;

// The checksum of a page of 4 KiB that lies at `sector`: of its contents, its place and the store it belongs to, so
// that a page that was written elsewhere, or is left from another store, does not pass.
std::uint64_t page_checksum(std::uint64_t salt, std::uint64_t sector, const void* page);
// What the checksum of a page there begins with.
std::uint64_t page_checksum_seed(std::uint64_t salt, std::uint64_t sector);

} // namespace exo::store
