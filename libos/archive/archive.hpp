// A boot archive in memory: opened with every entry checked once, then walked, searched and listed without errors.
// Directories exist when an entry says so or when a path leads through them. One entry: entry.hpp.
#pragma once

#include "libos/archive/entry.hpp"

namespace exo::archive {

// One name in a directory. `entry` has the path of the directory itself cut off in `name` only.
struct Child {
    std::string_view name;
    EntryKind kind = EntryKind::File;
    Entry entry; // for an implied directory: an empty one with the directory's path and mode
};

class Archive {
public:
    // Walks all of `bytes` up to the trailer, which must be there; what follows it is ignored.
    static std::expected<Archive, Problem> open(std::span<const std::byte> bytes);

    std::size_t entry_count() const { return entry_count_; }

    // A place in the archive; a new one stands before the first entry.
    class Cursor {
    public:
        // The entry at the cursor, which moves on; false at the end.
        bool next(const Archive& archive, Entry& entry);

    private:
        friend class Archive;
        std::size_t offset_ = 0;
        std::size_t index_ = 0;
    };

    // The first entry of that path, or an implied directory. Symbolic links are returned, not followed.
    // Cost: one pass over the headers.
    bool find(std::string_view path, Entry& entry) const;

    // The next child of `directory` ("" is the root), each name once; false when there are no more.
    // Cost: a full listing of n entries makes at most n passes over the headers.
    bool next_child(std::string_view directory, Cursor& cursor, Child& child) const;

private:
    explicit Archive(std::span<const std::byte> bytes) : bytes_(bytes) {}
    bool shown_before(std::string_view directory, std::string_view name, std::size_t entry_index) const;

    std::span<const std::byte> bytes_;
    std::size_t entry_count_ = 0;
};

} // namespace exo::archive
