// The program as the starter describes it: its arguments, its path, its ELF file in the boot archive; and its end.
#pragma once

#include "libos-hpc/object/text.hpp"
#include "libos/archive/archive.hpp"
#include "libos/start/hosted.hpp"
#include "libos/start/start_info.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace exo::hpc {

// The boot archive; nullptr when none was granted or it is malformed.
const archive::Archive* boot_archive();
// The program's ELF file; empty when the archive does not hold it.
std::span<const std::byte> program_image();
// Absolute, as AT_EXECFN and /proc/self/exe have it.
std::string_view program_path();

// Where the program begins, its headers, and its end in memory: of the file that was linked with this library OS, or of
// the one that is hosted.
const HostedProgram& program_facts();

// Writes back what is owed (shared file mappings, file systems on disks, streams, the trace) and stops the environment.
[[noreturn]] void end_program(int status);

// Writes to the program's standard error stream as it was given, whatever descriptor 2 is now.
void write_error(std::string_view text);

} // namespace exo::hpc
