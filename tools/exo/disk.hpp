// The disks of one machine as `--disk` says them. Text only; disk_host.hpp looks at the host.
#pragma once

#include "tools/exo/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::tool {

inline constexpr std::size_t disks_max = 8;
inline constexpr std::uint64_t disk_bytes_min = 1ull << 20;

// One NVMe controller with one namespace.
struct DiskImage {
    std::string path; // of a raw image; or, when `in_qemu_words`, the words of QEMU's -drive
    bool in_qemu_words = false;
    bool read_only = false;
    bool shared = false;                        // by extents: the program gets one of its own
    bool is_virtual = false;                    // the program gets a virtual function of the controller
    std::uint64_t extent_bytes = 0;             // 0: what it has, or all that is left
    std::optional<std::uint64_t> create_bytes;  // make the image when it is not there
    std::vector<std::string> device_properties; // each K=V, of QEMU's nvme
};

// IMAGE[,size=SIZE][,ro][,shared[=SIZE]|,virtual][,K=V...], qemu:DRIVE or qemu-shared:DRIVE; in IMAGE a comma is
// written twice.
Outcome<DiskImage> parse_disk(std::string_view text);

// The words of QEMU's -drive and -device for disk number `index`. With virtual functions it is a device on the root
// bus, of a subsystem before it, with its namespace behind it.
struct DiskWords {
    std::string drive, device;
    std::string subsystem, name_space; // empty: it needs none
};
DiskWords disk_words(const DiskImage& disk, std::size_t index);

// The value of EXO_DISKS: a word a disk, in their order: ro or rw, which the controller does not tell the program, or
// shared.
std::string disk_access_words(const std::vector<DiskImage>& disks);

// The PCI function that the machine gets for a disk, as the steward's manifest names it.
inline constexpr std::string_view disk_function = "1b36:0010";
// The kernel's options for virtual functions: one of each disk, with registers where this machine has none and no
// memory.
inline constexpr std::string_view virtual_function_options = "virtual-functions=1 registers=7000000000-7010000000";

} // namespace exo::tool
