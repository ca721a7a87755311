// Which of the program's disks one file system lies on: a disk alone, or all that say they are of the same set.
#pragma once

#include "libos-hpc/data/disks.hpp"

#include <span>

namespace exo::hpc {

inline constexpr std::size_t data_volumes_max = 8;

struct Members {
    std::size_t count = 0;
    std::size_t disks[data_volumes_max] = {}; // their numbers, ascending
    block::Device* devices[data_volumes_max] = {};
    std::size_t wanted = 1;        // how many the file system has
    const char* problem = nullptr; // why none of it can be had, in words
    bool taken = false;            // a disk of it is, or may be, used as a block device
    bool read_only = false;        // one of them is
    bool shared = false;           // one of them is blocks of a shared disk

    std::span<block::Device* const> all() const { return {devices, count}; }
    bool is_set() const { return wanted > 1; }
};

// The disks of the file system that disk `index` belongs to, claimed for that.
Members members_with(std::size_t index);
// Whether one of the disks is of a set that some other disk is missing of.
bool some_set_lacks_a_disk();

} // namespace exo::hpc
