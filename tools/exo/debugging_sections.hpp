// A program as the machine gets it: what only a debugger on the host reads (DWARF) stays on the host, so that it takes
// none of the machine's memory. Symbols go along: backtraces name functions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace exo::tool {

// The same ELF-64 file without its .debug_ sections, which become empty ones of type SHT_NULL; numbers of sections
// stay. A file of another form, or one with something behind its section headers, which a program may look for in its
// own file, stays as it is.
std::vector<std::byte> without_debugging_sections(std::span<const std::byte> image);

} // namespace exo::tool
