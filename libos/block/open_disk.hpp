// The disks of an environment: every one among the functions and the extents it was granted.
#pragma once

#include "libos/block/extent_disk.hpp"
#include "libos/block/nvme_disk.hpp"

namespace exo::block {

inline constexpr std::size_t disks_max = 16;

// A disk, or why there is none, in words.
struct OpenedDisk {
    Device* device = nullptr;
    const char* problem = nullptr;
};

// True when `function` is a disk that a driver here knows.
bool is_disk(const StartFunction& function);
// Brings a disk up, for the calling vcore. It lives as long as the environment.
OpenedDisk open_disk(const StartFunction& function, const DiskWishes& wishes = {});
// The same with an extent of a shared disk; of the wishes only the time limit counts.
OpenedDisk open_extent(const StartExtent& extent, const DiskWishes& wishes = {});
// Opens all disks that were granted, whole functions before extents, each in the order of their granting, as many as
// `into` holds; gives their number.
std::size_t open_disks(std::span<OpenedDisk> into, const DiskWishes& wishes = {});

} // namespace exo::block
