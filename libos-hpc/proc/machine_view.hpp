// The facts that /proc and /sys show, gathered once a read, so that the texts can be made and tested without a machine.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace exo::hpc {

struct ProcessorView {
    std::string_view vendor; // "GenuineIntel"
    std::string_view model_name;
    std::uint32_t family = 0, model = 0, stepping = 0;
    std::uint64_t clock_khz = 0;
    std::uint32_t cache_kib = 0; // of the largest level, 0: unknown
    std::uint32_t line_bytes = 64;
    std::uint32_t address_bits_physical = 0, address_bits_virtual = 0;
    std::string_view flags; // separated by blanks
};

struct CacheView {
    unsigned level = 0;
    std::string_view type; // "Data", "Instruction", "Unified"
    std::uint64_t bytes = 0;
    std::uint32_t line_bytes = 0, ways = 0, sets = 0;
};

struct MemoryView {
    std::uint64_t total = 0, free = 0; // bytes
    std::uint64_t huge_free = 0;       // bytes in free 2 MiB pages
};

struct MappingView {
    std::uint64_t begin = 0, end = 0;
    bool readable = false, writable = false, executable = false, shared = false;
    std::uint64_t offset = 0;
    std::string_view name; // path, [heap], [stack], or empty
};

struct ProcessView {
    std::string_view name; // at most 15 characters are shown
    std::int32_t id = 0, parent = 0;
    std::uint64_t threads = 1;
    std::uint64_t virtual_bytes = 0, resident_bytes = 0, resident_peak_bytes = 0;
    std::uint64_t user_ticks = 0, start_ticks = 0;
    std::uint64_t processors_allowed = 1; // bit mask
    std::uint64_t signals_blocked = 0, signals_ignored = 0, signals_caught = 0;
};

} // namespace exo::hpc
