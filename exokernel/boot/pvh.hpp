// What the loader tells a PVH kernel (Xen's hvm_start_info; QEMU fills the same for -kernel).
#pragma once

#include <cstdint>

namespace exo {

inline constexpr std::uint32_t pvh_magic = 0x336ec578;

struct PvhStartInfo {
    std::uint32_t magic;
    std::uint32_t version; // 1 and later have the memory map
    std::uint32_t flags;
    std::uint32_t module_count;
    std::uint64_t modules;      // physical address of PvhModule[]
    std::uint64_t command_line; // physical address of a string
    std::uint64_t rsdp;
    std::uint64_t memory_map; // physical address of PvhMemory[]
    std::uint32_t memory_map_entries;
    std::uint32_t reserved;
};
static_assert(sizeof(PvhStartInfo) == 56);

struct PvhModule {
    std::uint64_t address;
    std::uint64_t bytes;
    std::uint64_t command_line;
    std::uint64_t reserved;
};
static_assert(sizeof(PvhModule) == 32);

struct PvhMemory {
    std::uint64_t address;
    std::uint64_t bytes;
    std::uint32_t type; // 1: usable (as E820)
    std::uint32_t reserved;
};
static_assert(sizeof(PvhMemory) == 24);

} // namespace exo
