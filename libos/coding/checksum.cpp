// Short runs are not worth saving vector registers for; CRC32C is about as fast without them.
#include "libos/coding/checksum.hpp"

#include "libos/coding/isal.hpp"
#include "libos/coding/tables.hpp"
#include "libos/coding/vector_unit.hpp"

namespace exo::coding {

namespace {
constexpr std::size_t short_crc32c = 16 * 1024, short_crc64 = 256;
constexpr std::size_t run_max = 1u << 30; // of a call that counts octets in an int

const unsigned char* octets(const void* data) {
    return static_cast<const unsigned char*>(data);
}
} // namespace

std::uint32_t crc32c(std::uint32_t before, const void* data, std::size_t bytes) {
    const unsigned char* at = octets(data);
    std::uint32_t sum = ~before;
    const bool vectors = bytes >= short_crc32c && vector_level() >= VectorLevel::Sse;
    while (bytes) {
        const std::size_t run = bytes < run_max ? bytes : run_max;
        if (vectors) {
            const VectorUse use(VectorLevel::Sse);
            sum = crc32_iscsi_01(at, static_cast<int>(run), sum);
        } else {
            sum = crc32_iscsi_00(at, static_cast<int>(run), sum);
        }
        at += run;
        bytes -= run;
    }
    return ~sum;
}

std::uint64_t crc64(std::uint64_t before, const void* data, std::size_t bytes) {
    if (bytes < short_crc64 || vector_level() < VectorLevel::Sse)
        return crc64_by_tables(before, data, bytes);
    const VectorUse use(VectorLevel::Sse);
    return crc64_ecma_refl_by8(before, octets(data), bytes);
}

void crc64_of_pages(std::span<const std::byte* const> pages, std::uint64_t* sums) {
    if (vector_level() < VectorLevel::Sse) {
        for (std::size_t i = 0; i < pages.size(); i++)
            sums[i] = crc64_by_tables(sums[i], pages[i], crc64_page_bytes);
        return;
    }
    const VectorUse use(VectorLevel::Sse);
    for (std::size_t i = 0; i < pages.size(); i++)
        sums[i] = crc64_ecma_refl_by8(sums[i], octets(pages[i]), crc64_page_bytes);
}

} // namespace exo::coding
