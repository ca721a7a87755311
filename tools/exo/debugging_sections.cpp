// Sections behind the first one that goes are moved up, in order; segments must all lie before it. System V gABI,
// chapter 4.
#include "tools/exo/debugging_sections.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <optional>
#include <string_view>

namespace exo::tool {

namespace {

using Sections = std::vector<Elf64_Shdr>;
using Bytes = std::span<const std::byte>;

bool has_bytes(const Elf64_Shdr& section) {
    return section.sh_type != SHT_NULL && section.sh_type != SHT_NOBITS;
}

bool lies_within(std::uint64_t offset, std::uint64_t count, std::uint64_t end) {
    return offset <= end && count <= end - offset;
}

// The section headers of a file that ends with them and whose sections all lie in it.
std::optional<Sections> read_sections(Bytes image, const Elf64_Ehdr& header) {
    Sections sections(header.e_shnum);
    const std::uint64_t table_bytes = sections.size() * sizeof(Elf64_Shdr);
    if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shstrndx >= sections.size() ||
        header.e_shoff > image.size() || table_bytes != image.size() - header.e_shoff)
        return std::nullopt;
    std::memcpy(sections.data(), image.data() + header.e_shoff, table_bytes);
    for (const Elf64_Shdr& section : sections)
        if (has_bytes(section) && !lies_within(section.sh_offset, section.sh_size, header.e_shoff))
            return std::nullopt;
    return sections;
}

bool is_for_debugging(Bytes image, const Elf64_Shdr& section, const Elf64_Shdr& names) {
    if (!has_bytes(section) || (section.sh_flags & SHF_ALLOC) != 0 || section.sh_name >= names.sh_size)
        return false;
    // Safe: characters of the file, up to the end of the section of names.
    const std::string_view name(reinterpret_cast<const char*>(image.data()) + names.sh_offset + section.sh_name,
                                names.sh_size - section.sh_name);
    return name.starts_with(".debug_");
}

bool segments_end_before(Bytes image, const Elf64_Ehdr& header, std::uint64_t cut) {
    if (header.e_phentsize != sizeof(Elf64_Phdr) ||
        !lies_within(header.e_phoff, header.e_phnum * sizeof(Elf64_Phdr), cut))
        return false;
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment;
        std::memcpy(&segment, image.data() + header.e_phoff + i * sizeof segment, sizeof segment);
        if (!lies_within(segment.p_offset, segment.p_filesz, cut))
            return false;
    }
    return true;
}

std::vector<std::byte> rebuild(Bytes image, Elf64_Ehdr header, Sections sections, std::uint64_t cut) {
    std::vector<std::byte> shorter(image.begin(), image.begin() + static_cast<std::ptrdiff_t>(cut));
    const auto align = [&](std::uint64_t alignment) {
        shorter.resize((shorter.size() + alignment - 1) & ~(alignment - 1));
    };
    std::vector<Elf64_Shdr*> moved;
    for (Elf64_Shdr& section : sections)
        if (has_bytes(section) && section.sh_offset >= cut)
            moved.push_back(&section);
    std::ranges::sort(moved, {}, &Elf64_Shdr::sh_offset);
    for (Elf64_Shdr* const section : moved) {
        const Bytes content = image.subspan(section->sh_offset, section->sh_size);
        align(alignof(Elf64_Shdr));
        section->sh_offset = shorter.size();
        shorter.insert(shorter.end(), content.begin(), content.end());
    }
    align(alignof(Elf64_Shdr));
    header.e_shoff = shorter.size();
    std::memcpy(shorter.data(), &header, sizeof header);
    const Bytes table = std::as_bytes(std::span(sections));
    shorter.insert(shorter.end(), table.begin(), table.end());
    return shorter;
}

} // namespace

std::vector<std::byte> without_debugging_sections(Bytes image) {
    const auto as_it_is = [&] { return std::vector<std::byte>(image.begin(), image.end()); };
    Elf64_Ehdr header;
    if (image.size() < sizeof header)
        return as_it_is();
    std::memcpy(&header, image.data(), sizeof header);
    auto sections = read_sections(image, header);
    if (!sections)
        return as_it_is();
    const Elf64_Shdr names = (*sections)[header.e_shstrndx];
    if (!has_bytes(names))
        return as_it_is();
    std::uint64_t cut = header.e_shoff;
    std::vector<Elf64_Shdr*> dropped;
    for (Elf64_Shdr& section : *sections)
        if (is_for_debugging(image, section, names)) {
            cut = std::min<std::uint64_t>(cut, section.sh_offset);
            dropped.push_back(&section);
        }
    for (const Elf64_Shdr& section : *sections)
        if (has_bytes(section) && section.sh_offset < cut && section.sh_offset + section.sh_size > cut)
            return as_it_is();
    if (dropped.empty() || cut < sizeof header || !segments_end_before(image, header, cut))
        return as_it_is();
    for (Elf64_Shdr* const section : dropped) {
        section->sh_type = SHT_NULL;
        section->sh_offset = section->sh_size = 0;
    }
    return rebuild(image, header, std::move(*sections), cut);
}

} // namespace exo::tool
