// The checks of parse_program, in the order in which a reader of the file meets the facts.
// Nothing is used as an offset, count or address before it was compared with the image or the address range.
#include "libos/elf/program.hpp"

#include "libos/elf/elf64.hpp"
#include "secure-bindings/abi/types.hpp"

#include <cstring>

namespace exo::elf {

namespace {

using Bytes = std::span<const std::byte>;
using Checked = std::expected<void, Problem>;

static_assert(address_end == user_end && address_lowest == page_bytes);

bool inside(Bytes image, std::uint64_t offset, std::uint64_t size) {
    return offset <= image.size() && size <= image.size() - offset;
}

// Precondition: the bytes are inside the image. Copies, so the image needs no alignment.
template <typename T>
T read_at(Bytes image, std::uint64_t offset) {
    T value;
    std::memcpy(&value, image.data() + offset, sizeof(T));
    return value;
}

std::uint64_t page_of(std::uint64_t address) {
    return address / page_bytes;
}

Checked check_file_header(Bytes image, bool may_be_moved) {
    if (image.size() < sizeof(magic) || std::memcmp(image.data(), magic, sizeof(magic)) != 0)
        return std::unexpected(Problem::NotElf);
    if (image.size() < sizeof(FileHeader))
        return std::unexpected(Problem::HeaderTruncated);
    const auto header = read_at<FileHeader>(image, 0);
    if (header.ident[ident_class] != class_64)
        return std::unexpected(Problem::Not64Bit);
    if (header.ident[ident_data] != data_little_endian)
        return std::unexpected(Problem::NotLittleEndian);
    if (header.ident[ident_version] != version_current || header.version != version_current)
        return std::unexpected(Problem::BadVersion);
    if (header.machine != machine_x86_64)
        return std::unexpected(Problem::NotX86);
    if (header.type == type_relocatable)
        return std::unexpected(Problem::ObjectFile);
    if (header.type == type_shared && !may_be_moved)
        return std::unexpected(Problem::PositionIndependent);
    if (header.type == type_shared && header.entry == 0)
        return std::unexpected(Problem::SharedLibrary);
    if (header.type != type_shared && header.type != type_executable)
        return std::unexpected(Problem::NotExecutable);
    if (header.program_header_count == 0)
        return std::unexpected(Problem::NoProgramHeaders);
    if (header.program_header_bytes != sizeof(ProgramHeader))
        return std::unexpected(Problem::BadProgramHeaderSize);
    if (header.program_header_count > program_headers_max)
        return std::unexpected(Problem::TooManyProgramHeaders);
    if (!inside(image, header.program_header_offset, header.program_header_count * sizeof(ProgramHeader)))
        return std::unexpected(Problem::ProgramHeadersTruncated);
    return {};
}

Checked check_load(Bytes image, const ProgramHeader& header) {
    if (!inside(image, header.offset, header.file_bytes))
        return std::unexpected(Problem::SegmentTruncated);
    if (header.file_bytes > header.memory_bytes)
        return std::unexpected(Problem::FileLargerThanMemory);
    if (header.alignment > 1) {
        const std::uint64_t mask = header.alignment - 1;
        if ((header.alignment & mask) != 0 || ((header.virtual_address ^ header.offset) & mask) != 0)
            return std::unexpected(Problem::BadAlignment);
    }
    if (header.virtual_address < address_lowest || header.virtual_address > address_end ||
        header.memory_bytes > address_end - header.virtual_address)
        return std::unexpected(Problem::OutsideUserMemory);
    if ((header.flags & flag_write) != 0 && (header.flags & flag_execute) != 0)
        return std::unexpected(Problem::WritableAndExecutable);
    return {};
}

// Keeps the table sorted by address, so that neighbours are all that can collide.
Checked insert_segment(Program& program, const Segment& segment) {
    if (program.segment_count == segments_max)
        return std::unexpected(Problem::TooManySegments);
    std::size_t place = program.segment_count;
    while (place > 0 && program.segment_table[place - 1].address > segment.address) {
        program.segment_table[place] = program.segment_table[place - 1];
        --place;
    }
    program.segment_table[place] = segment;
    ++program.segment_count;
    const bool meets_before =
        place > 0 && page_of(program.segment_table[place - 1].end() - 1) >= page_of(segment.address);
    const bool meets_after = place + 1 < program.segment_count &&
                             page_of(segment.end() - 1) >= page_of(program.segment_table[place + 1].address);
    if (meets_before || meets_after)
        return std::unexpected(Problem::SegmentsShareAPage);
    return {};
}

Checked take_load(Bytes image, const ProgramHeader& header, Program& program) {
    if (const auto checked = check_load(image, header); !checked)
        return checked;
    if (header.memory_bytes == 0)
        return {};
    return insert_segment(program, {.address = header.virtual_address,
                                    .memory_bytes = header.memory_bytes,
                                    .file_offset = header.offset,
                                    .file_bytes = header.file_bytes,
                                    .readable = (header.flags & flag_read) != 0,
                                    .writable = (header.flags & flag_write) != 0,
                                    .executable = (header.flags & flag_execute) != 0});
}

// `moved`: the program relocates itself, by what its dynamic segment says.
Checked take_header(Bytes image, const ProgramHeader& header, Program& program, bool moved) {
    switch (header.type) {
    case segment_dynamic:
        return moved ? Checked() : std::unexpected(Problem::Dynamic);
    case segment_interpreter:
        return std::unexpected(Problem::Dynamic);
    case segment_load:
        return take_load(image, header, program);
    case segment_note:
        if (!inside(image, header.offset, header.file_bytes))
            return std::unexpected(Problem::SegmentTruncated);
        if (program.note_count == note_segments_max)
            return std::unexpected(Problem::TooManyNotes);
        program.note_table[program.note_count++] = {.offset = header.offset, .bytes = header.file_bytes};
        return {};
    case segment_stack:
        program.wants_executable_stack = (header.flags & flag_execute) != 0;
        return {};
    default:
        return {}; // every other type is advice to someone else
    }
}

bool entry_is_code(const Program& program) {
    for (const Segment& segment : program.segments())
        if (segment.executable && program.entry >= segment.address &&
            program.entry - segment.address < segment.file_bytes)
            return true;
    return false;
}

std::uint64_t address_of_headers(const Program& program, const FileHeader& header) {
    const std::uint64_t bytes = header.program_header_count * sizeof(ProgramHeader);
    for (const Segment& segment : program.segments()) {
        const std::uint64_t into = header.program_header_offset - segment.file_offset;
        if (header.program_header_offset >= segment.file_offset && into <= segment.file_bytes &&
            bytes <= segment.file_bytes - into)
            return segment.address + into;
    }
    return 0;
}

} // namespace

std::expected<Program, Problem> parse_program(Bytes image, std::uint64_t base) {
    if (const auto checked = check_file_header(image, base != 0); !checked)
        return std::unexpected(checked.error());
    const auto header = read_at<FileHeader>(image, 0);
    Program program;
    const std::uint64_t moved_by = header.type == type_shared ? base : 0;
    program.entry = header.entry + moved_by;
    program.program_header_count = header.program_header_count;
    for (std::size_t index = 0; index < header.program_header_count; ++index) {
        const std::uint64_t offset = header.program_header_offset + index * sizeof(ProgramHeader);
        auto part = read_at<ProgramHeader>(image, offset);
        part.virtual_address += moved_by;
        const auto taken = take_header(image, part, program, moved_by != 0);
        if (!taken)
            return std::unexpected(taken.error());
    }
    if (program.segment_count == 0)
        return std::unexpected(Problem::NoSegments);
    if (!entry_is_code(program))
        return std::unexpected(Problem::EntryNotExecutable);
    program.program_headers_address = address_of_headers(program, header);
    return program;
}

} // namespace exo::elf
