// The ELF-64 file format as far as an executable program needs it: ELF header, program header, note header.
// Facts of the System V gABI (chapters 4 and 5) and the x86-64 psABI only; the checks are in program.cpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::elf {

inline constexpr unsigned char magic[4] = {0x7f, 'E', 'L', 'F'};

inline constexpr std::size_t ident_class = 4;
inline constexpr std::size_t ident_data = 5;
inline constexpr std::size_t ident_version = 6;
inline constexpr unsigned char class_64 = 2;
inline constexpr unsigned char data_little_endian = 1;
inline constexpr unsigned char version_current = 1;

inline constexpr std::uint16_t type_relocatable = 1;
inline constexpr std::uint16_t type_executable = 2;
inline constexpr std::uint16_t type_shared = 3;
inline constexpr std::uint16_t machine_x86_64 = 62;

struct FileHeader {
    unsigned char ident[16];
    std::uint16_t type;
    std::uint16_t machine;
    std::uint32_t version;
    std::uint64_t entry;
    std::uint64_t program_header_offset;
    std::uint64_t section_header_offset;
    std::uint32_t flags;
    std::uint16_t header_bytes;
    std::uint16_t program_header_bytes;
    std::uint16_t program_header_count;
    std::uint16_t section_header_bytes;
    std::uint16_t section_header_count;
    std::uint16_t section_name_index;
};
static_assert(sizeof(FileHeader) == 64);
static_assert(offsetof(FileHeader, entry) == 24);
static_assert(offsetof(FileHeader, program_header_count) == 56);

inline constexpr std::uint32_t segment_load = 1;
inline constexpr std::uint32_t segment_dynamic = 2;
inline constexpr std::uint32_t segment_interpreter = 3;
inline constexpr std::uint32_t segment_note = 4;
inline constexpr std::uint32_t segment_program_headers = 6;
inline constexpr std::uint32_t segment_thread_local = 7;
inline constexpr std::uint32_t segment_stack = 0x6474e551; // GNU: rights the stack should have

inline constexpr std::uint32_t flag_execute = 1;
inline constexpr std::uint32_t flag_write = 2;
inline constexpr std::uint32_t flag_read = 4;

struct ProgramHeader {
    std::uint32_t type;
    std::uint32_t flags;
    std::uint64_t offset;
    std::uint64_t virtual_address;
    std::uint64_t physical_address;
    std::uint64_t file_bytes;
    std::uint64_t memory_bytes;
    std::uint64_t alignment;
};
static_assert(sizeof(ProgramHeader) == 56);
static_assert(offsetof(ProgramHeader, memory_bytes) == 40);

// Followed by the owner's name and the descriptor, each padded to 4 bytes.
struct NoteHeader {
    std::uint32_t owner_bytes;
    std::uint32_t descriptor_bytes;
    std::uint32_t type;
};
static_assert(sizeof(NoteHeader) == 12);

} // namespace exo::elf
