// /proc: the files that programs and their libraries read.
#pragma once

#include "libos-hpc/vfs/node.hpp"

namespace exo::hpc {

Ref<Node> make_proc_tree(std::uint64_t);

} // namespace exo::hpc
