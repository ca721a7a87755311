// Fuzzes the expansion of compressed pages: what an image of anybody's holds. The oracle: the sanitizers, around memory
// of exactly the size that is given, and that what is compressed here comes out again.
#include "libos/coding/deflate.hpp"

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
    (void)inflater.unpack(stream, page);
    // The same octets as contents, over and over.
    for (std::size_t at = 0; size && at < page_bytes; at += size)
        std::memcpy(page.data() + at, data, std::min(size, page_bytes - at));
    std::vector<std::byte> packed(page_bytes), again(page_bytes);
    if (const std::size_t bytes = deflater.pack(page, packed)) {
        packed.resize(bytes);
        require(inflater.unpack(packed, again) && again == page);
    }
    return 0;
}
