// The disks that the program was granted, in the order of `--disk`: whole controllers, and blocks of shared ones. Each
// is brought up at its first use, and used for one thing: a file system (mount.hpp), or as a block device of its own
// (block_device.hpp).
#pragma once

#include "libos/block/device.hpp"
#include "libos/store/format.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace exo::hpc {

enum class DiskUse : std::uint8_t { None, FileSystem, Device };

// A disk for that use, or why it cannot be had, in words.
struct ClaimedDisk {
    block::Device* device = nullptr;
    const char* problem = nullptr;
    bool taken = false;     // it is in the other use
    bool read_only = false; // as EXO_DISKS says, for a controller that does not tell
    bool shared = false;    // blocks of a shared disk, which reaches little memory at a time
};

std::size_t disk_count();
// Claims disk `index` for as long as the program runs; again for the same use is as good as once.
ClaimedDisk claim_disk(std::size_t index, DiskUse use);

// What a disk says of the set of disks that it belongs to, without claiming it: read once, at the first look.
struct DiskLook {
    bool taken = false; // it is used as a block device, and not looked at
    std::optional<store::MemberLabel> label;
};
DiskLook look_at_disk(std::size_t index);

} // namespace exo::hpc
