// Shared mappings of files. A file's bytes are read in when it is mapped; what the program writes there goes back to
// the file at msync, munmap and the program's end, whole pages at a time and without regard to what others wrote
// meanwhile: two mappings of one file do not see each other's stores.
#pragma once

#include "libos-hpc/file/file.hpp"

namespace exo::hpc {

inline constexpr std::size_t mapped_files_max = 256;

// Fills memory that the caller has made writable with the file's bytes from `offset`; the rest stays as it is.
Done read_into_memory(File& file, std::uint64_t offset, std::uint64_t address, std::uint64_t bytes);

// Remembers a shared mapping that stores may reach. Errors: NOMEM (too many).
Done add_mapped_file(Ref<File> file, std::uint64_t offset, std::uint64_t address, std::uint64_t bytes);
// Writes back what lies in the range.
Done sync_mapped_files(std::uint64_t address, std::uint64_t bytes);
// Writes back and forgets what lies in the range.
Done remove_mapped_files(std::uint64_t address, std::uint64_t bytes);

} // namespace exo::hpc
