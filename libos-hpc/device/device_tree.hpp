// /dev: null, zero, full, random, urandom, tty, the standard streams, shm in memory, and the disks in exo.
#pragma once

#include "libos-hpc/vfs/node.hpp"

namespace exo::hpc {

Ref<Node> make_device_tree(std::uint64_t);

} // namespace exo::hpc
