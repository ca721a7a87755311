// Puts an ordinary static program and a library OS that was linked alone into one ELF file, so that whoever starts the
// program needs to know nothing of it: segments of both, the library OS' entry, and the note that tells it of the
// program.
#pragma once

#include "tools/exo/outcome.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace exo::tool {

// Both are checked programs (elf_check.hpp). The program's file stays what it was, but for its first header; so its
// sections, and the names in them, are where they were. `name` is only used in the sentence of a failure.
Outcome<std::vector<std::byte>> host_program(std::span<const std::byte> program, std::span<const std::byte> library_os,
                                             std::string_view name);

} // namespace exo::tool
