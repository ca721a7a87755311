// A page's checksum is a CRC64 that begins with where it lies and whose it is.
#include "libos/store/checksum.hpp"

namespace exo::store {

std::uint64_t page_checksum(std::uint64_t salt, std::uint64_t sector, const void* page) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15; // spreads neighbouring sectors over all bits
    return crc64(salt ^ sector * odd, page, 4096);
}

} // namespace exo::store
