// A program that was not linked with a library OS, started above one that was linked alone (libos-hpc/start/hosted.S):
// what its ELF file says, written into the note by whoever put the two together (tools/exo/hosting.hpp).
#pragma once

#include <cstdint>

namespace exo {

inline constexpr std::uint32_t hosted_note_type = 2; // of the owner "exo"

// The note's descriptor.
struct HostedProgram {
    std::uint64_t entry;
    std::uint64_t program_headers; // in memory, 0 when no segment holds them
    std::uint64_t program_header_count;
    std::uint64_t image_end; // behind its last segment
    std::uint64_t moved_by;  // what its file's addresses lack; 0 unless it is position-independent
};
static_assert(sizeof(HostedProgram) == 40);

} // namespace exo
