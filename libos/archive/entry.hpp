// One entry of a boot archive, decoded and checked. The archive as a whole: archive.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace exo::archive {

inline constexpr std::size_t path_bytes_max = 1024;
// The name field, with the NULs that push the data to a page boundary.
inline constexpr std::size_t name_field_bytes_max = 8192;
inline constexpr std::size_t entries_max = 65536;

enum class [[nodiscard]] Problem {
    Truncated,
    BadMagic,
    BadNumber,
    BadName,
    NameTooLong,
    HardLink,
    BadType,
    TooManyEntries,
};

// One sentence without its full stop: "the boot archive ends inside an entry".
const char* describe(Problem problem);

enum class EntryKind : std::uint8_t { File, Directory, Symlink };

struct Entry {
    std::string_view path = {}; // relative, "" for the root itself
    EntryKind kind = EntryKind::File;
    std::uint32_t mode = 0; // type and permission bits, as in Linux's stat
    std::uint32_t inode = 0;
    std::uint32_t modified_seconds = 0;
    std::span<const std::byte> data = {}; // a file's content or a symbolic link's target
};

struct DecodedEntry {
    Entry entry;
    bool is_trailer = false;
    std::size_t next_offset = 0; // of the following entry
};

// Decodes the entry whose header starts at `offset`.
std::expected<DecodedEntry, Problem> decode_entry(std::span<const std::byte> archive, std::size_t offset);

// The same path without leading "/" and "./" and without trailing "/".
std::string_view trimmed(std::string_view path);
// The path up to its first "/".
std::string_view first_component(std::string_view path);

} // namespace exo::archive
