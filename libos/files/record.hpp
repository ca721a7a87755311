// The records of the file system in the store: facts of the format, and their octets. Numbers are little-endian.
#pragma once

#include "libos/files/inode.hpp"
#include "libos/store/format.hpp"

#include <cstddef>
#include <span>

namespace exo::files {

enum class RecordKind : std::uint8_t {
    Inode = 1,     // an inode is new, or its attributes are these now
    InodeGone = 2, // nothing leads to it any more; its pages were dropped
    Entry = 3,     // a name in a directory leads to an inode now, whatever it led to before
    EntryGone = 4,
    Target = 5, // of a symbolic link
};

// All kinds begin with these; the text, if any, is the rest.
struct RecordHead {
    std::uint64_t number; // of the inode; of Entry and EntryGone: of the directory
    std::uint8_t kind;
    std::uint8_t zero[7];
};
struct InodeRecord {
    RecordHead head;
    std::uint64_t bytes;
    std::int64_t accessed_ns, modified_ns, changed_ns, created_ns;
    std::uint32_t mode, user, group, zero;
};
static_assert(sizeof(InodeRecord) == 72);
struct EntryRecord {
    RecordHead head;
    std::uint64_t inode; // EntryGone: 0
};
static_assert(sizeof(EntryRecord) == 24);

constexpr std::uint32_t record_room(std::size_t octets) {
    return static_cast<std::uint32_t>(sizeof(store::RecordHeader) + octets + 7) & ~7u;
}
inline constexpr std::uint32_t inode_room = record_room(sizeof(InodeRecord));
inline constexpr std::uint32_t entry_room = record_room(sizeof(EntryRecord) + name_bytes_max);
inline constexpr std::uint32_t gone_room = record_room(sizeof(RecordHead));
inline constexpr std::uint32_t drop_room = record_room(sizeof(store::DropRecord));

InodeRecord make_inode_record(const Inode& inode);
EntryRecord make_entry_record(RecordKind kind, const Inode& directory, const Inode* inode);

template <typename T>
std::span<const std::byte> octets_of(const T& object) {
    return {reinterpret_cast<const std::byte*>(&object), sizeof object}; // Safe: plain data of the format.
}
inline std::span<const std::byte> octets_of(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()}; // Safe: octets may be looked at as such.
}

} // namespace exo::files
