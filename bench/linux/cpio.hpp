// Writes an initramfs: a "newc" cpio archive held in memory.
// Only what a guest needs: directories, regular files, character devices. Not a
// reader, not a general archiver. initramfs.hpp decides what goes in.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bench::linux_peer {

class CpioWriter {
public:
    void add_directory(std::string_view path);
    void add_file(std::string_view path, std::span<const std::uint8_t> content, bool executable);
    void add_character_device(std::string_view path, std::uint32_t major, std::uint32_t minor);

    // Appends the trailer and hands the archive out; the writer is empty afterwards.
    std::string finish();

private:
    struct Entry {
        std::uint32_t mode;
        std::uint32_t device_major = 0;
        std::uint32_t device_minor = 0;
    };
    void append(std::string_view path, const Entry& entry, std::span<const std::uint8_t> content);
    void pad();

    std::string archive_;
    std::uint32_t next_inode_ = 1;
};

} // namespace bench::linux_peer
