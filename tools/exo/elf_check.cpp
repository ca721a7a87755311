// The reader in libos/elf names every structural fault; here it becomes a sentence about a file of the user's.
#include "tools/exo/elf_check.hpp"

#include "libos/elf/program.hpp"
#include "tools/exo/host_file.hpp"

#include <format>

namespace exo::tool {

Outcome<void> check_program(std::span<const std::byte> image, std::string_view name) {
    const auto program = elf::parse_program(image);
    if (!program)
        return failed(std::format("{} cannot run: {}", name, elf::describe(program.error())));
    if (!elf::has_note_of(image, *program, libos_note_owner))
        return failed(std::format("{} is not linked with a library OS; link it with exo-cc, exo-c++ or exo-fc", name));
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
