// Looks for a note in the note segments of a program that was already parsed (gABI, chapter 5, "Note Section").
// A malformed note ends the search in its segment; it is never an error, because notes are advice.
#include "libos/elf/elf64.hpp"
#include "libos/elf/program.hpp"

#include <cstring>

namespace exo::elf {

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint64_t padded(std::uint32_t size) {
    return (std::uint64_t(size) + 3) & ~3ull;
}

struct Note {
    std::string_view owner; // without its NUL
    std::uint32_t type;
    Bytes descriptor;
    std::uint64_t bytes; // with header and padding
};

// The note at the start of `rest`, or false when it does not fit.
bool read_note(Bytes rest, Note& note) {
    NoteHeader header;
    if (rest.size() < sizeof(header))
        return false;
    std::memcpy(&header, rest.data(), sizeof(header));
    rest = rest.subspan(sizeof(header));
    const std::uint64_t owner_end = padded(header.owner_bytes);
    if (owner_end > rest.size() || header.descriptor_bytes > rest.size() - owner_end)
        return false;
    // Safe: owner_bytes characters lie inside the span.
    note.owner = {reinterpret_cast<const char*>(rest.data()), header.owner_bytes};
    while (note.owner.ends_with('\0'))
        note.owner.remove_suffix(1);
    note.type = header.type;
    note.descriptor = rest.subspan(owner_end, header.descriptor_bytes);
    note.bytes = sizeof(header) + owner_end + padded(header.descriptor_bytes);
    return true;
}

// Calls `matches` for each note until it returns true; false when none did.
template <typename Matches>
bool search(Bytes image, const Program& program, Matches matches) {
    for (const FileRange& range : program.notes()) {
        Bytes rest = image.subspan(range.offset, range.bytes);
        Note note;
        for (std::size_t count = 0; count < notes_per_segment_max && read_note(rest, note); ++count) {
            if (matches(note))
                return true;
            rest = rest.subspan(note.bytes < rest.size() ? note.bytes : rest.size());
        }
    }
    return false;
}

} // namespace

Bytes find_note(Bytes image, const Program& program, std::string_view owner, std::uint32_t type) {
    Bytes found;
    search(image, program, [&](const Note& note) {
        if (note.owner != owner || note.type != type)
            return false;
        found = note.descriptor;
        return true;
    });
    return found;
}

bool has_note_of(Bytes image, const Program& program, std::string_view owner) {
    return search(image, program, [&](const Note& note) { return note.owner == owner; });
}

} // namespace exo::elf
