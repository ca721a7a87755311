// The disks that the program was granted, in the order of `--disk`. Each is brought up at its first use, and used for
// one thing: a file system (mount.hpp), or as a block device of its own.
#pragma once

#include "libos/block/device.hpp"

#include <cstddef>
#include <cstdint>

namespace exo::hpc {

enum class DiskUse : std::uint8_t { FileSystem, Device };

// A disk for that use, or why it cannot be had, in words.
struct ClaimedDisk {
    block::Device* device = nullptr;
    const char* problem = nullptr;
    bool taken = false;     // it is in the other use
    bool read_only = false; // as EXO_DISKS says, for a controller that does not tell
};

std::size_t disk_count();
// Claims disk `index` for as long as the program runs; again for the same use is as good as once.
ClaimedDisk claim_disk(std::size_t index, DiskUse use);

} // namespace exo::hpc
