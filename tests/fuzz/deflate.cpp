// Fuzzes the expansion of compressed pages: what an image of anybody's holds. The oracle: the sanitizers, around memory
// of exactly the size that is given, and that what is compressed here comes out again; of the decoder in assembly,
// which they do not see into, that it answers as the portable one does, and leaves alone what lies around its page.
#include "libos/coding/deflate.hpp"
#include "libos/coding/vector_unit.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

constexpr std::size_t page_bytes = 4096;

void require(bool holds) {
    if (!holds)
        std::abort();
}

// Whether it is a page, which is then in `page`.
bool unpack(exo::coding::Inflater& inflater, const std::vector<std::byte>& stream, std::vector<std::byte>& page) {
    using exo::coding::VectorLevel;
    constexpr std::byte canary{0xa5};
    exo::coding::limit_vector_level(VectorLevel::None);
    const bool good = inflater.unpack(stream, page);
    for (const VectorLevel level : {VectorLevel::Sse, VectorLevel::Avx512}) {
        exo::coding::limit_vector_level(level);
        std::vector<std::byte> around(3 * page_bytes, canary);
        const std::span inside = std::span(around).subspan(page_bytes, page_bytes);
        require(inflater.unpack(stream, inside) == good);
        require(!good || std::ranges::equal(inside, page));
        const auto is_canary = [&](std::byte octet) { return octet == canary; };
        require(std::ranges::all_of(std::span(around).first(page_bytes), is_canary));
        require(std::ranges::all_of(std::span(around).last(page_bytes), is_canary));
    }
    return good;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static exo::coding::Inflater inflater;
    static exo::coding::Deflater deflater;
    require(inflater.open() && deflater.open());
    if (size > page_bytes)
        return 0;
    const auto* const octets = reinterpret_cast<const std::byte*>(data);
    const std::vector<std::byte> stream(octets, octets + size);
    std::vector<std::byte> page(page_bytes);
    (void)unpack(inflater, stream, page);
    // The same octets as contents, over and over.
    for (std::size_t at = 0; size && at < page_bytes; at += size)
        std::memcpy(page.data() + at, data, std::min(size, page_bytes - at));
    std::vector<std::byte> packed(page_bytes), again(page_bytes);
    if (const std::size_t bytes = deflater.pack(page, packed)) {
        packed.resize(bytes);
        require(unpack(inflater, packed, again) && again == page);
    }
    return 0;
}
