// The file: the program, the library OS on a page boundary, the headers of both. Interface: hosting.hpp.
#include "tools/exo/hosting.hpp"

#include "libos/elf/elf64.hpp"
#include "libos/elf/program.hpp"
#include "libos/start/hosted.hpp"
#include "tools/exo/elf_check.hpp"

#include <cstring>
#include <format>

namespace exo::tool {

namespace {

constexpr std::size_t page_bytes = 4096;

using Bytes = std::span<const std::byte>;

// An image of its own as a part of the file: how much further back in the file it is, and where in memory.
struct Part {
    Bytes image;
    std::uint64_t offset, address;
};

std::vector<elf::ProgramHeader> headers_of(const Part& part) {
    const Bytes image = part.image;
    elf::FileHeader file;
    std::memcpy(&file, image.data(), sizeof file);
    std::vector<elf::ProgramHeader> headers(file.program_header_count);
    std::memcpy(headers.data(), image.data() + file.program_header_offset, headers.size() * sizeof(elf::ProgramHeader));
    for (elf::ProgramHeader& header : headers) {
        header.offset += part.offset;
        header.virtual_address += part.address;
    }
    return headers;
}

void append_pages(std::vector<std::byte>& file, Bytes bytes) {
    file.resize((file.size() + page_bytes - 1) / page_bytes * page_bytes);
    file.insert(file.end(), bytes.begin(), bytes.end());
}

// What a loader looks at, of both.
std::vector<elf::ProgramHeader> merged_headers(const Part& program, const Part& library_os) {
    std::vector<elf::ProgramHeader> headers;
    for (const Part& part : {program, library_os})
        for (const elf::ProgramHeader& header : headers_of(part))
            if (header.type == elf::segment_load || header.type == elf::segment_note)
                headers.push_back(header);
    return headers;
}

} // namespace

Outcome<std::vector<std::byte>> host_program(Bytes program, Bytes library_os, std::string_view name) {
    const auto above = elf::parse_program(program, position_independent_base);
    const auto beneath = elf::parse_program(library_os);
    if (!above || !beneath)
        return failed(std::format("{} cannot run: {}", name, elf::describe(above ? beneath.error() : above.error())));
    const Bytes room = elf::find_note(library_os, *beneath, libos_note_owner, hosted_note_type);
    if (room.size() != sizeof(HostedProgram))
        return failed("the library OS for programs that were not linked with one is not whole; ./exo setup builds it");
    elf::FileHeader header;
    std::memcpy(&header, program.data(), sizeof header);
    // The program finds its own headers in memory as they were, and relocates itself.
    const std::uint64_t moved_by = header.type == elf::type_shared ? position_independent_base : 0;
    const HostedProgram facts = {above->entry, above->program_headers_address, above->program_header_count,
                                 above->end_address(), moved_by};

    std::vector<std::byte> file(program.begin(), program.end());
    append_pages(file, library_os);
    const std::uint64_t library_os_at = file.size() - library_os.size();
    std::memcpy(file.data() + library_os_at + (room.data() - library_os.data()), &facts, sizeof facts);
    const auto headers = merged_headers({program, 0, moved_by}, {library_os, library_os_at, 0});
    append_pages(file, std::as_bytes(std::span(headers)));

    header.type = elf::type_executable;
    header.entry = beneath->entry;
    header.program_header_offset = file.size() - headers.size() * sizeof(elf::ProgramHeader);
    header.program_header_count = static_cast<std::uint16_t>(headers.size());
    std::memcpy(file.data(), &header, sizeof header);
    if (const auto both = elf::parse_program(file); !both)
        return failed(std::format("{} cannot run above a library OS that it is not linked with: {}", name,
                                  elf::describe(both.error())));
    return file;
}

} // namespace exo::tool
