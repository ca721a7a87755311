// Setup-header offsets are those of Documentation/x86/boot.rst; every one is read
// little-endian and bounds-checked. See bzimage.hpp.
#include "bench/linux/bzimage.hpp"

#include <algorithm>
#include <array>

namespace bench::linux_peer {
namespace {

constexpr std::size_t setup_sectors_offset = 0x1f1;
constexpr std::size_t magic_offset = 0x202;
constexpr std::size_t version_offset = 0x206;
constexpr std::size_t payload_start_offset = 0x248;
constexpr std::size_t payload_length_offset = 0x24c;
constexpr std::size_t header_end = 0x250;
constexpr std::size_t sector_bytes = 512;
constexpr std::uint64_t first_version_with_payload = 0x0208;
constexpr std::uint64_t header_magic = 0x53726448; // "HdrS"

struct Format {
    std::array<std::uint8_t, 3> magic;
    std::string_view tool;
};
constexpr std::array formats = {
    Format{{0xfd, 0x37, 0x7a}, "xz"},
    Format{{0x28, 0xb5, 0x2f}, "zstd"},
    Format{{0x1f, 0x8b, 0x08}, "gzip"},
};

std::uint64_t little_endian(std::span<const std::uint8_t> bytes, std::size_t offset, std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
        value |= std::uint64_t{bytes[offset + i]} << (8 * i);
    return value;
}

} // namespace

std::expected<CompressedKernel, std::string> find_payload(std::span<const std::uint8_t> bzimage) {
    if (bzimage.size() < header_end || little_endian(bzimage, magic_offset, 4) != header_magic)
        return std::unexpected("the kernel image has no Linux setup header");
    if (little_endian(bzimage, version_offset, 2) < first_version_with_payload)
        return std::unexpected("the kernel image's boot protocol is older than 2.08 and does not locate its payload");

    // A count of zero means four, for images older than the field.
    const std::uint64_t sectors = bzimage[setup_sectors_offset] == 0 ? 4 : bzimage[setup_sectors_offset];
    const std::uint64_t start = (sectors + 1) * sector_bytes + little_endian(bzimage, payload_start_offset, 4);
    const std::uint64_t length = little_endian(bzimage, payload_length_offset, 4);
    if (length < formats[0].magic.size() || start > bzimage.size() || length > bzimage.size() - start)
        return std::unexpected("the kernel image is shorter than its setup header says");

    const auto payload = bzimage.subspan(start, length);
    for (const Format& format : formats)
        if (std::ranges::equal(payload.first(format.magic.size()), format.magic))
            return CompressedKernel{payload, format.tool};
    return std::unexpected("the kernel image is compressed in a format other than xz, zstd or gzip");
}

} // namespace bench::linux_peer
