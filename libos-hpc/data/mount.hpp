// File systems on the program's disks: /data is that of the first disk, /data1 that of the second, and so on. Disks of
// a set have one file system together, and each of their names leads to it.
#pragma once

#include "libos-hpc/vfs/node.hpp"

namespace exo::hpc {

// How many there can be: one for each disk.
std::size_t data_count();
// The root of the file system on disk `index`, mounted at the first use; a disk that holds nothing at all gets an empty
// one first, unless a set among the others lacks a disk. Where none can be had, the program ends with status 1 and one
// sentence about it; what a set goes on without is said on standard error. Empty when the disk, or what may be of its
// set, is used as a block device.
Ref<Node> open_data(std::uint64_t index);
// Everything that was changed on any of them is durable. Errors: IO, NOSPC.
Done sync_data();
// Closes all of them, when the program ends.
void close_data();

} // namespace exo::hpc
