// The checks of check_program, in the order in which a reader of the file meets the facts (System V gABI, chapters 4 and 5).
// Every offset is checked against the size of the file before it is used.
#include "tools/exo/elf_check.hpp"

#include "tools/exo/host_file.hpp"

#include <cstdint>
#include <cstring>
#include <elf.h>
#include <format>

namespace exo::tool {

namespace {

constexpr unsigned program_headers_max = 64;

bool inside(std::span<const std::byte> image, std::uint64_t offset, std::uint64_t size) {
    return offset <= image.size() && size <= image.size() - offset;
}

// Precondition: the bytes are inside the image.
template <typename T> T read_at(std::span<const std::byte> image, std::uint64_t offset) {
    T value;
    std::memcpy(&value, image.data() + offset, sizeof(T));
    return value;
}

bool has_libos_note(std::span<const std::byte> image, const Elf64_Phdr& segment) {
    std::uint64_t offset = segment.p_offset;
    const std::uint64_t end = segment.p_offset + segment.p_filesz;
    while (end - offset >= sizeof(Elf64_Nhdr)) {
        const auto note = read_at<Elf64_Nhdr>(image, offset);
        const std::uint64_t owner_size = (std::uint64_t(note.n_namesz) + 3) & ~3ull;
        const std::uint64_t descriptor_size = (std::uint64_t(note.n_descsz) + 3) & ~3ull;
        offset += sizeof(Elf64_Nhdr);
        if (owner_size + descriptor_size > end - offset)
            return false;
        // Safe: owner_size bytes from offset are inside the segment.
        const std::string_view owner(reinterpret_cast<const char*>(image.data() + offset), note.n_namesz);
        if (owner.substr(0, owner.find('\0')) == libos_note_owner)
            return true;
        offset += owner_size + descriptor_size;
    }
    return false;
}

Outcome<void> check_identity(std::span<const std::byte> image, std::string_view name) {
    if (image.size() < SELFMAG || std::memcmp(image.data(), ELFMAG, SELFMAG) != 0)
        return failed(std::format("{} is not an ELF program", name));
    if (image.size() < EI_NIDENT)
        return failed(std::format("{} is truncated: the ELF header is incomplete", name));
    if (std::to_integer<int>(image[EI_CLASS]) != ELFCLASS64)
        return failed(std::format("{} is a 32-bit program; only 64-bit x86 programs can run", name));
    if (image.size() < sizeof(Elf64_Ehdr))
        return failed(std::format("{} is truncated: the ELF header is incomplete", name));
    const auto header = read_at<Elf64_Ehdr>(image, 0);
    if (header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != EM_X86_64)
        return failed(std::format("{} is built for another machine than x86-64", name));
    if (header.e_type == ET_REL)
        return failed(std::format("{} is an object file; link it with exo-cc, exo-c++ or exo-fc", name));
    if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
        return failed(std::format("{} is not an executable program (ELF type {})", name, header.e_type));
    return {};
}

Outcome<void> check_segment(std::span<const std::byte> image, std::string_view name, unsigned index,
                            const Elf64_Phdr& segment) {
    if (segment.p_type == PT_INTERP || segment.p_type == PT_DYNAMIC)
        return failed(std::format("{} is dynamically linked or position-independent; link it with exo-cc, exo-c++ or exo-fc", name));
    if (!inside(image, segment.p_offset, segment.p_filesz))
        return failed(std::format("{} is truncated: segment {} reaches past the end of the file", name, index));
    if (segment.p_type == PT_LOAD && segment.p_filesz > segment.p_memsz)
        return failed(std::format("{} is corrupt: segment {} is larger in the file than in memory", name, index));
    if (segment.p_type == PT_LOAD && segment.p_vaddr > UINT64_MAX - segment.p_memsz)
        return failed(std::format("{} is corrupt: segment {} wraps around the address space", name, index));
    return {};
}

} // namespace

Outcome<void> check_program(std::span<const std::byte> image, std::string_view name) {
    if (const auto identity = check_identity(image, name); !identity)
        return identity;
    const auto header = read_at<Elf64_Ehdr>(image, 0);
    if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0 || header.e_phnum > program_headers_max)
        return failed(std::format("{} is corrupt: {} program headers of {} bytes", name, header.e_phnum,
                                  header.e_phentsize));
    if (!inside(image, header.e_phoff, std::uint64_t(header.e_phnum) * sizeof(Elf64_Phdr)))
        return failed(std::format("{} is truncated: its program headers are past the end of the file", name));

    bool entry_is_loaded = false;
    bool note_found = false;
    for (unsigned index = 0; index < header.e_phnum; ++index) {
        const auto segment = read_at<Elf64_Phdr>(image, header.e_phoff + index * sizeof(Elf64_Phdr));
        if (const auto checked = check_segment(image, name, index, segment); !checked)
            return checked;
        if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0 && header.e_entry >= segment.p_vaddr &&
            header.e_entry - segment.p_vaddr < segment.p_filesz)
            entry_is_loaded = true;
        if (segment.p_type == PT_NOTE && has_libos_note(image, segment))
            note_found = true;
    }
    if (!entry_is_loaded)
        return failed(std::format("{} is corrupt: its entry point {:#x} lies in no executable segment", name,
                                  header.e_entry));
    if (header.e_type == ET_DYN)
        return failed(std::format("{} is position-independent; link it with exo-cc, exo-c++ or exo-fc", name));
    if (!note_found)
        return failed(std::format("{} is not linked with a library OS; build it with exo-cc, exo-c++ or exo-fc", name));
    return {};
}

Outcome<std::vector<std::byte>> read_program(const std::string& path) {
    auto image = read_host_file(path);
    if (!image)
        return image;
    if (const auto checked = check_program(*image, path); !checked)
        return std::unexpected(checked.error());
    return image;
}

} // namespace exo::tool
