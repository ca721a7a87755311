// A page's checksum is a CRC64 that begins with where it lies and whose it is.
#include "libos/store/checksum.hpp"

namespace exo::store {

std::uint64_t page_checksum_seed(std::uint64_t salt, std::uint64_t sector) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15; // spreads neighbouring sectors over all bits
    return salt ^ sector * odd;
}

std::uint64_t page_checksum(std::uint64_t salt, std::uint64_t sector, const void* page) {
    return crc64(page_checksum_seed(salt, sector), page, coding::crc64_page_bytes);
}

} // namespace exo::store
