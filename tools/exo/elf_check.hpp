// Says whether a file is a program this system can run: a static 64-bit x86 ELF executable, linked with a library OS or
// not. Structure only: nothing is loaded or run, and the steward checks again inside the machine.
#pragma once

#include "tools/exo/outcome.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exo::tool {

// The owner of the ELF note that every library OS carries (section .note.exo.libos).
inline constexpr std::string_view libos_note_owner = "exo";

// Where a static position-independent program that brings no library OS is loaded, as others are linked.
inline constexpr std::uint64_t position_independent_base = 0x400000;

// `name` is only used in the sentence of a failure.
Outcome<void> check_program(std::span<const std::byte> image, std::string_view name);

// Whether a checked program brings a library OS with it.
bool has_library_os(std::span<const std::byte> image);

// Reads and checks the file at `path`; gives its content.
Outcome<std::vector<std::byte>> read_program(const std::string& path);

} // namespace exo::tool
