// Walking, searching and listing a boot archive. Decoding an entry is in entry.cpp; open() has run it over every
// entry, so that a decoding that fails later can only mean the archive was changed underneath, and reads as its end.
#include "libos/archive/archive.hpp"

#include "libos/archive/newc.hpp"

namespace exo::archive {

namespace {

constexpr std::uint32_t implied_directory_mode = mode_directory | 0555;

// The part of `path` below `directory`, or "" when it is not below it.
std::string_view below(std::string_view directory, std::string_view path) {
    if (directory.empty())
        return path;
    if (path.size() <= directory.size() + 1 || !path.starts_with(directory) || path[directory.size()] != '/')
        return {};
    path.remove_prefix(directory.size() + 1);
    return path;
}

Entry implied_directory(std::string_view path) {
    return {.path = path, .kind = EntryKind::Directory, .mode = implied_directory_mode};
}

} // namespace

std::expected<Archive, Problem> Archive::open(std::span<const std::byte> bytes) {
    Archive archive(bytes);
    std::size_t offset = 0;
    for (;;) {
        const auto decoded = decode_entry(bytes, offset);
        if (!decoded)
            return std::unexpected(decoded.error());
        if (decoded->is_trailer)
            return archive;
        if (archive.entry_count_ == entries_max)
            return std::unexpected(Problem::TooManyEntries);
        ++archive.entry_count_;
        offset = decoded->next_offset;
    }
}

bool Archive::Cursor::next(const Archive& archive, Entry& entry) {
    if (index_ == archive.entry_count_)
        return false;
    const auto decoded = decode_entry(archive.bytes_, offset_);
    if (!decoded || decoded->is_trailer)
        return false;
    offset_ = decoded->next_offset;
    ++index_;
    entry = decoded->entry;
    return true;
}

bool Archive::find(std::string_view path, Entry& entry) const {
    const std::string_view wanted = trimmed(path);
    bool implied = wanted.empty();
    Cursor cursor;
    Entry candidate;
    while (cursor.next(*this, candidate)) {
        if (candidate.path == wanted) {
            entry = candidate;
            return true;
        }
        implied = implied || !below(wanted, candidate.path).empty();
    }
    if (implied)
        entry = implied_directory(wanted);
    return implied;
}

bool Archive::shown_before(std::string_view directory, std::string_view name, std::size_t entry_index) const {
    Cursor cursor;
    Entry earlier;
    while (cursor.index_ < entry_index && cursor.next(*this, earlier))
        if (first_component(below(directory, earlier.path)) == name)
            return true;
    return false;
}

bool Archive::next_child(std::string_view directory, Cursor& cursor, Child& child) const {
    directory = trimmed(directory);
    Entry entry;
    while (cursor.next(*this, entry)) {
        const std::string_view rest = below(directory, entry.path);
        if (rest.empty())
            continue;
        const std::string_view name = first_component(rest);
        if (shown_before(directory, name, cursor.index_ - 1))
            continue;
        child.name = name;
        // A file deeper down implies the directory, whose own entry may still follow.
        const std::size_t path_bytes = entry.path.size() - rest.size() + name.size();
        if (!find({entry.path.data(), path_bytes}, child.entry))
            return false;
        child.kind = child.entry.kind;
        return true;
    }
    return false;
}

} // namespace exo::archive
