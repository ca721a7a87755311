// See blank.hpp.
#include "libos/store/blank.hpp"

#include "libos/store/format.hpp"

#include <algorithm>

namespace exo::store {

Result<bool> is_blank(block::Device& device) {
    constexpr std::uint64_t edge_bytes = 1u << 20;
    constexpr std::uint32_t piece_bytes = 64 * 1024, samples = 256;
    Disk disk(device);
    const block::Piece piece = device.allocate(piece_bytes);
    if (!piece.address)
        return fail(Problem::NoMemory);
    const auto is_zero = [&](std::uint64_t at, std::uint32_t bytes) -> Result<bool> {
        if (const Status read = disk.read(at, {piece.address, piece.device_address, bytes}); !read)
            return fail(read.error());
        return std::all_of(piece.address, piece.address + bytes, [](std::byte octet) { return octet == std::byte{}; });
    };
    const std::uint64_t whole = device.bytes() / piece_bytes;
    const std::uint64_t edge = std::min(whole, edge_bytes / piece_bytes);
    Result<bool> blank = true;
    for (std::uint64_t i = 0; i < edge && blank && *blank; ++i) {
        blank = is_zero(i * piece_bytes, piece_bytes);
        if (blank && *blank)
            blank = is_zero((whole - 1 - i) * piece_bytes, piece_bytes);
    }
    for (std::uint64_t i = 0; i < samples && blank && *blank; ++i)
        blank = is_zero(whole * i / samples * piece_bytes, page_bytes);
    device.release(piece);
    return blank;
}

} // namespace exo::store
