// What the program's regions are for, as tags on the kit's regions, and what the personality tells about memory.
#pragma once

#include "libos-hpc/linux/errors.hpp"
#include "libos/memory/address_space.hpp"

#include <string_view>

namespace exo::hpc {

namespace region_tag {
inline constexpr std::uint64_t none = 0, heap = 1, stack = 2, thread_stack = 3;
inline constexpr std::uint64_t file_first = 16; // and up: a mapped file (mapped_files.hpp)
} // namespace region_tag

// As the last column of /proc/self/maps.
std::string_view region_name(const Region& region);

inline std::uint64_t mapped_bytes(const AddressSpaceStatistics& statistics) {
    return statistics.pages.mapped_bytes();
}

// Linux's number for what the address space refused.
Errno memory_errno(Error error);

// The program's regions lie below: above are the kit's own.
inline constexpr std::uint64_t program_memory_end = direct_map_address;
inline bool is_program_memory(std::uint64_t address, std::uint64_t bytes) {
    return address >= page_bytes && address < program_memory_end && bytes <= program_memory_end - address;
}
constexpr std::uint64_t page_round_up(std::uint64_t bytes) {
    return (bytes + page_bytes - 1) & ~(page_bytes - 1);
}

} // namespace exo::hpc
