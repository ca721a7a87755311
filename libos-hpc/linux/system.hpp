// Linux structures about the machine and the process: uname(2), sysinfo(2), getrlimit(2), getrusage(2), the
// auxiliary vector (getauxval(3)). Facts only.
#pragma once

#include "libos-hpc/linux/time.hpp"

#include <cstddef>
#include <cstdint>

namespace exo::linux_abi {

inline constexpr std::size_t name_field_bytes = 65;
struct SystemName {
    char system[name_field_bytes];
    char node[name_field_bytes];
    char release[name_field_bytes];
    char version[name_field_bytes];
    char machine[name_field_bytes];
    char domain[name_field_bytes];
};
static_assert(sizeof(SystemName) == 390);

struct SystemInfo {
    std::int64_t uptime_seconds;
    std::uint64_t loads[3];
    std::uint64_t total_memory;
    std::uint64_t free_memory;
    std::uint64_t shared_memory;
    std::uint64_t buffer_memory;
    std::uint64_t total_swap;
    std::uint64_t free_swap;
    std::uint16_t processes;
    std::uint16_t padding;
    std::uint64_t total_high;
    std::uint64_t free_high;
    std::uint32_t unit_bytes;
};
static_assert(sizeof(SystemInfo) == 112);

struct Limit {
    std::uint64_t current;
    std::uint64_t maximum;
};
inline constexpr std::uint64_t limit_infinite = ~0ull;
namespace limit {
inline constexpr unsigned cpu = 0, file_bytes = 1, data = 2, stack = 3, core = 4, resident = 5, processes = 6,
                          files = 7, locked = 8, address_space = 9, locks = 10, pending_signals = 11, queues = 12,
                          nice = 13, realtime_priority = 14, realtime_time = 15;
inline constexpr unsigned count = 16;
} // namespace limit

struct ResourceUsage {
    Timeval user;
    Timeval system;
    std::int64_t resident_max_kib;
    std::int64_t shared, data, stack;
    std::int64_t minor_faults, major_faults;
    std::int64_t swaps, blocks_in, blocks_out, messages_sent, messages_received, signals;
    std::int64_t voluntary_switches, involuntary_switches;
};
static_assert(sizeof(ResourceUsage) == 144);
namespace usage_of {
inline constexpr int self = 0, children = -1, thread = 1;
} // namespace usage_of

struct AuxEntry {
    std::uint64_t type;
    std::uint64_t value;
};
namespace aux {
inline constexpr std::uint64_t null = 0, program_headers = 3, program_header_bytes = 4, program_header_count = 5,
                               page_bytes = 6, base = 7, flags = 8, entry = 9, user = 11, effective_user = 12,
                               group = 13, effective_group = 14, platform = 15, hardware = 16, clock_ticks = 17,
                               secure = 23, random = 25, hardware2 = 26, exec_name = 31, vdso = 33,
                               signal_stack_min = 51;
} // namespace aux

struct CapabilityHeader {
    std::uint32_t version;
    std::int32_t process;
};
struct CapabilityData {
    std::uint32_t effective, permitted, inheritable;
};
inline constexpr std::uint32_t capability_version_1 = 0x19980330, capability_version_2 = 0x20071026,
                               capability_version_3 = 0x20080522;

namespace prctl_option {
inline constexpr int set_death_signal = 1, get_death_signal = 2, get_dumpable = 3, set_dumpable = 4, set_name = 15,
                     get_name = 16, set_timer_slack = 29, get_timer_slack = 30, set_vma = 0x53564d41;
} // namespace prctl_option

namespace random_flag {
inline constexpr std::uint32_t non_block = 1, random = 2, insecure = 4;
} // namespace random_flag

} // namespace exo::linux_abi
