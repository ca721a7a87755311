// The newc format: a 110-byte header of eight-digit hexadecimal fields, the name
// with its NUL, the content, each part padded to four bytes. See cpio.hpp.
#include "bench/linux/cpio.hpp"

#include <format>
#include <utility>

namespace bench::linux_peer {
namespace {

constexpr std::uint32_t type_directory = 0040000;
constexpr std::uint32_t type_regular = 0100000;
constexpr std::uint32_t type_character = 0020000;

} // namespace

void CpioWriter::pad() {
    archive_.append((4 - archive_.size() % 4) % 4, '\0');
}

void CpioWriter::append(std::string_view path, const Entry& entry, std::span<const std::uint8_t> content) {
    constexpr std::uint32_t uid = 0, gid = 0, mtime = 0, holder_major = 0, holder_minor = 0, checksum = 0;
    const std::uint32_t links = (entry.mode & type_directory) != 0 ? 2 : 1;
    archive_ += std::format("070701{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}",
                            next_inode_++, entry.mode, uid, gid, links, mtime, content.size(), holder_major,
                            holder_minor, entry.device_major, entry.device_minor, path.size() + 1, checksum);
    archive_ += path;
    archive_ += '\0';
    pad();
    // Safe: bytes viewed as char, only to copy them.
    archive_.append(reinterpret_cast<const char*>(content.data()), content.size());
    pad();
}

void CpioWriter::add_directory(std::string_view path) {
    append(path, Entry{.mode = type_directory | 0755}, {});
}

void CpioWriter::add_file(std::string_view path, std::span<const std::uint8_t> content, bool executable) {
    append(path, Entry{.mode = type_regular | (executable ? 0755u : 0644u)}, content);
}

void CpioWriter::add_character_device(std::string_view path, std::uint32_t major, std::uint32_t minor) {
    append(path, Entry{.mode = type_character | 0600, .device_major = major, .device_minor = minor}, {});
}

std::string CpioWriter::finish() {
    append("TRAILER!!!", Entry{.mode = 0}, {});
    next_inode_ = 1;
    return std::exchange(archive_, {});
}

} // namespace bench::linux_peer
