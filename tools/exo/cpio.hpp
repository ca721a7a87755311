// Writer of the boot archive: cpio "newc", uncompressed, every file's data on a page boundary of the archive,
// so that the machine can map a file where it lies. Not a general archiver: regular files only, no reader.
// Next: boot_archive.hpp, which says what goes in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace exo::tool {

inline constexpr std::size_t archive_alignment = 4096;

class CpioWriter {
public:
    // `mode` are the permission bits. Names are relative and at most 255 bytes.
    void add(std::string_view name, std::span<const std::byte> data, unsigned mode);
    void add_text(std::string_view name, std::string_view text);

    // Appends the trailer and gives the archive up; the writer is empty afterwards.
    std::string finish();

private:
    void header(std::string_view name, std::size_t name_size, std::size_t data_size, unsigned mode);
    void pad_to(std::size_t alignment);

    std::string archive_;
    std::uint32_t next_inode_ = 1;
};

} // namespace exo::tool
