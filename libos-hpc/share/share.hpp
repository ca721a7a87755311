// The host folders that the program was given: 9P2000.L over virtio functions, brought up at the first use. Nodes:
// share_node.hpp.
#pragma once

#include "libos-hpc/vfs/node.hpp"

namespace exo::hpc {

// How many shares the starter announced.
std::size_t share_count();
// The root directory of share `index`; empty when it cannot be reached: the reason is on the kernel log.
Ref<Node> open_share(std::uint64_t index);

} // namespace exo::hpc
