// What a static x86-64 ELF executable asks its loader to do: the segments, the entry point, where its headers end up.
// Reads and checks only; loading is the steward's and the library OS's work. Format: elf64.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace exo::elf {

inline constexpr std::size_t program_headers_max = 64;
inline constexpr std::size_t segments_max = 16;
inline constexpr std::size_t note_segments_max = 8;
inline constexpr std::size_t notes_per_segment_max = 64;
// The first page and the last page of the user half are never given to a program: the one catches null
// pointers, the other keeps every return address of a system call canonical.
inline constexpr std::uint64_t address_lowest = 0x1000;
inline constexpr std::uint64_t address_end = 0x0000'7fff'ffff'f000ull;

enum class [[nodiscard]] Problem {
    NotElf,
    HeaderTruncated,
    Not64Bit,
    NotLittleEndian,
    BadVersion,
    NotX86,
    ObjectFile,
    PositionIndependent,
    SharedLibrary,
    NotExecutable,
    BadProgramHeaderSize,
    NoProgramHeaders,
    TooManyProgramHeaders,
    ProgramHeadersTruncated,
    Dynamic,
    TooManySegments,
    NoSegments,
    SegmentTruncated,
    FileLargerThanMemory,
    BadAlignment,
    OutsideUserMemory,
    WritableAndExecutable,
    SegmentsShareAPage,
    EntryNotExecutable,
    TooManyNotes,
};

// One sentence without its full stop, beginning with the fault: "the file is not an ELF program".
const char* describe(Problem problem);

struct Segment {
    std::uint64_t address; // first byte in memory, not necessarily on a page boundary
    std::uint64_t memory_bytes;
    std::uint64_t file_offset;
    std::uint64_t file_bytes; // the rest up to memory_bytes is zero
    bool readable;
    bool writable;
    bool executable; // never together with writable

    constexpr std::uint64_t end() const { return address + memory_bytes; }
};

// A piece of the file, checked to lie inside it.
struct FileRange {
    std::uint64_t offset;
    std::uint64_t bytes;
};

struct Program {
    std::uint64_t entry = 0;
    std::uint64_t program_headers_address = 0; // in memory, for AT_PHDR; 0 when no segment holds them
    std::uint16_t program_header_count = 0;
    bool wants_executable_stack = false; // a wish: loaders here do not fulfil it
    std::size_t segment_count = 0;
    std::size_t note_count = 0;
    Segment segment_table[segments_max] = {}; // by ascending address
    FileRange note_table[note_segments_max] = {};

    std::span<const Segment> segments() const { return {segment_table, segment_count}; }
    std::span<const FileRange> notes() const { return {note_table, note_count}; }
    std::uint64_t lowest_address() const { return segment_table[0].address; }
    std::uint64_t end_address() const { return segment_table[segment_count - 1].end(); }
};

// Checks `image` from its first byte to its last program header. Segments without memory are left out.
// A position-independent program that is static is refused, unless `base` says where it is to be: a multiple of what
// its segments are aligned to. All addresses are then those that it has there.
std::expected<Program, Problem> parse_program(std::span<const std::byte> image, std::uint64_t base = 0);

// The descriptor of the first note of that owner and type; a null span when there is none or the notes are malformed.
// `program` must have come from the same image.
std::span<const std::byte> find_note(std::span<const std::byte> image, const Program& program, std::string_view owner,
                                     std::uint32_t type);
// Whether any note carries this owner, of whatever type.
bool has_note_of(std::span<const std::byte> image, const Program& program, std::string_view owner);

} // namespace exo::elf
