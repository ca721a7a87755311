// Files, directories and symbolic links as they are in memory. The tree (tree.hpp) owns them; users hold pointers.
#pragma once

#include "libos/store/hash_table.hpp"

#include <cstdint>
#include <string_view>

namespace exo::files {

inline constexpr std::uint64_t root_number = 1;
inline constexpr std::size_t name_bytes_max = 255;
inline constexpr std::size_t target_bytes_max = 4095;
inline constexpr std::uint64_t file_bytes_max = (1ull << 62) - 1;
inline constexpr std::uint32_t links_max = 65000;

// The type bits of a mode, as in Linux' stat.
namespace mode_type {
inline constexpr std::uint32_t mask = 0170000, directory = 0040000, regular = 0100000, symlink = 0120000,
                               fifo = 0010000, socket = 0140000;
}

// What is recorded of an inode; times are nanoseconds since 1970, UTC.
struct Attributes {
    std::uint64_t bytes = 0; // of a regular file
    std::int64_t accessed_ns = 0, modified_ns = 0, changed_ns = 0, created_ns = 0;
    std::uint32_t mode = 0; // type and permissions
    std::uint32_t user = 0, group = 0;
};

struct Inode;

// A name in a directory.
struct Entry {
    Inode* directory;
    Inode* inode;
    std::uint64_t position; // in listings: higher than that of every older entry
    Entry *previous, *next; // of the same directory, by position
    Entry* next_in_table;
    std::uint64_t hash;
    std::uint16_t name_bytes;

    // Safe: the octets of the name are behind the entry, in the same block.
    char* text() { return reinterpret_cast<char*>(this + 1); }
    std::string_view name() const { return {reinterpret_cast<const char*>(this + 1), name_bytes}; }
    std::uint64_t table_hash() const { return hash; }
};

struct Inode {
    std::uint64_t number = 0;
    Attributes attributes;
    std::uint32_t names = 0;  // entries that lead here
    std::uint32_t holds = 0;  // users that have a pointer
    bool awaits_name = false; // it was made without one, and may be given one
    // Directories.
    Inode* parent = nullptr; // of a directory with a name; the root is its own
    Entry *first = nullptr, *last = nullptr;
    std::uint64_t next_position = 0;
    std::uint32_t directories_inside = 0;
    Entry* listed = nullptr; // where a listing stopped
    // Symbolic links.
    char* target = nullptr;
    std::uint32_t target_bytes = 0;
    // What is not yet recorded.
    bool unsettled = false;
    Inode* next_unsettled = nullptr;
    std::uint64_t ticket = 0;    // of the last change
    std::uint64_t next_read = 0; // the page after the last that was read
    Inode* next_in_table = nullptr;

    std::uint64_t table_hash() const { return store::mixed(number); }
    std::uint32_t type() const { return attributes.mode & mode_type::mask; }
    bool is_directory() const { return type() == mode_type::directory; }
    bool is_regular() const { return type() == mode_type::regular; }
    // As stat says: a directory's own name, ".", and ".." of those inside.
    std::uint32_t links() const {
        return is_directory() ? (names || number == root_number ? 2 : 0) + directories_inside : names;
    }
};

} // namespace exo::files
