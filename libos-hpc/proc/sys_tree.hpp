// /sys: processors and their topology and caches, NUMA nodes and huge pages, as far as libraries look.
#pragma once

#include "libos-hpc/vfs/node.hpp"

namespace exo::hpc {

Ref<Node> make_sys_tree(std::uint64_t);

} // namespace exo::hpc
