// The reader in libos/elf names every fault of what is loaded; here it becomes a sentence about a file of the user's.
// Linkers write the section headers last, so a file that ends before them was cut short, though all of its segments may
// be there.
#include "tools/exo/elf_check.hpp"

#include "libos/elf/elf64.hpp"
#include "libos/elf/program.hpp"
#include "tools/exo/host_file.hpp"

#include <cstring>
#include <format>

namespace exo::tool {

namespace {

// `image` holds a whole file header.
bool ends_early(std::span<const std::byte> image) {
    elf::FileHeader header;
    std::memcpy(&header, image.data(), sizeof header);
    const std::uint64_t bytes = std::uint64_t(header.section_header_count) * header.section_header_bytes;
    return header.section_header_count != 0 &&
           (header.section_header_offset > image.size() || bytes > image.size() - header.section_header_offset);
}

} // namespace

Outcome<void> check_program(std::span<const std::byte> image, std::string_view name) {
    auto program = elf::parse_program(image, position_independent_base);
    if (program && elf::has_note_of(image, *program, libos_note_owner))
        program = elf::parse_program(image); // which is loaded as it is
    if (!program)
        return failed(std::format("{} cannot run: {}", name, elf::describe(program.error())));
    if (ends_early(image))
        return failed(std::format("{} cannot run: the file is truncated, it ends before its section headers", name));
    return {};
}

bool has_library_os(std::span<const std::byte> image) {
    const auto program = elf::parse_program(image, position_independent_base);
    return program && elf::has_note_of(image, *program, libos_note_owner);
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
