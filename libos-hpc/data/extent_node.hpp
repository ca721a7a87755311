// /dev/exo: the program's disks as block devices, extent0, extent1, ... in the order of `--disk`. A disk that is opened
// here is no file system as long as the program runs, and the other way round.
#pragma once

#include "libos-hpc/vfs/node.hpp"

namespace exo::hpc {

// The folder, with as many as there are disks.
Ref<Node> make_extent_tree(std::uint64_t);

} // namespace exo::hpc
