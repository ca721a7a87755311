// Builds ELF images for tests: a valid static program by default, each field open to be made wrong.
#pragma once

#include "libos/elf/elf64.hpp"

#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace exo::test {

struct ElfImage {
    elf::FileHeader header{};
    std::vector<elf::ProgramHeader> program_headers;

    // Code at 0x401000 (file 0x1000), data at 0x403000 (file 0x2000, half of it zero), headers at 0x400000.
    ElfImage() {
        std::memcpy(header.ident, elf::magic, sizeof(elf::magic));
        header.ident[elf::ident_class] = elf::class_64;
        header.ident[elf::ident_data] = elf::data_little_endian;
        header.ident[elf::ident_version] = elf::version_current;
        header.type = elf::type_executable;
        header.machine = elf::machine_x86_64;
        header.version = elf::version_current;
        header.entry = 0x401010;
        header.program_header_offset = sizeof(elf::FileHeader);
        header.program_header_bytes = sizeof(elf::ProgramHeader);
        load(elf::flag_read, 0, 0x400000, 0x200, 0x200);
        load(elf::flag_read | elf::flag_execute, 0x1000, 0x401000, 0x800, 0x800);
        load(elf::flag_read | elf::flag_write, 0x2000, 0x403000, 0x800, 0x1000);
    }

    void load(std::uint32_t flags, std::uint64_t offset, std::uint64_t address, std::uint64_t file_bytes,
              std::uint64_t memory_bytes) {
        program_headers.push_back({.type = elf::segment_load,
                                   .flags = flags,
                                   .offset = offset,
                                   .virtual_address = address,
                                   .physical_address = address,
                                   .file_bytes = file_bytes,
                                   .memory_bytes = memory_bytes,
                                   .alignment = 0x1000});
    }

    // A note segment at file offset 0x2800 with one note of that owner.
    void note(std::string owner, std::uint32_t type, std::string descriptor) {
        const elf::NoteHeader note_header{static_cast<std::uint32_t>(owner.size() + 1),
                                          static_cast<std::uint32_t>(descriptor.size()), type};
        std::string text(reinterpret_cast<const char*>(&note_header), sizeof(note_header));
        text += owner;
        do
            text += '\0';
        while (text.size() % 4 != 0);
        text += descriptor;
        text.append((4 - text.size() % 4) % 4, '\0');
        note_text = text;
        program_headers.push_back({.type = elf::segment_note,
                                   .flags = elf::flag_read,
                                   .offset = note_offset,
                                   .virtual_address = 0,
                                   .physical_address = 0,
                                   .file_bytes = text.size(),
                                   .memory_bytes = text.size(),
                                   .alignment = 4});
    }

    std::vector<std::byte> bytes() const {
        std::vector<std::byte> image(0x3000);
        elf::FileHeader written = header;
        if (written.program_header_count == 0 && count_follows_table)
            written.program_header_count = static_cast<std::uint16_t>(program_headers.size());
        std::memcpy(image.data(), &written, sizeof(written));
        const std::size_t table_bytes = program_headers.size() * sizeof(elf::ProgramHeader);
        if (sizeof(written) + table_bytes > 0x1000)
            image.resize(sizeof(written) + table_bytes + 0x3000);
        std::memcpy(image.data() + sizeof(written), program_headers.data(), table_bytes);
        std::memcpy(image.data() + note_offset, note_text.data(), note_text.size());
        return image;
    }

    static constexpr std::size_t note_offset = 0x2800;
    std::string note_text;
    bool count_follows_table = true;
};

} // namespace exo::test
