// The "newc" variant of a cpio archive (cpio(5)): a header of hexadecimal text, the name with its NUL padded to 4,
// the data padded to 4, and so on up to an entry called TRAILER!!!. Facts only; decoded in entry.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace exo::archive {

inline constexpr std::string_view newc_magic = "070701";
inline constexpr std::string_view trailer_name = "TRAILER!!!";
inline constexpr std::size_t field_digits = 8;
inline constexpr std::size_t field_count = 13;
inline constexpr std::size_t header_bytes = 110;
inline constexpr std::size_t entry_alignment = 4; // of name and data, counted from the start of the archive
static_assert(header_bytes == newc_magic.size() + field_count * field_digits);

// Places of the fields after the magic.
enum class Field : std::size_t {
    Inode,
    Mode,
    User,
    Group,
    Links,
    ModifiedSeconds,
    FileBytes,
    DeviceMajor,
    DeviceMinor,
    NodeMajor,
    NodeMinor,
    NameBytes, // with the NUL, and with whatever NULs pad it
    Check,
};

// File types in the mode, as in Linux's stat.
inline constexpr std::uint32_t mode_type_mask = 0170000;
inline constexpr std::uint32_t mode_directory = 0040000;
inline constexpr std::uint32_t mode_regular = 0100000;
inline constexpr std::uint32_t mode_symlink = 0120000;

} // namespace exo::archive
