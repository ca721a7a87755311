// /etc: what the boot archive has there, and where it lacks them the few files that looking up a host asks for.
#pragma once

#include "libos-hpc/vfs/node.hpp"

namespace exo::hpc {

// Over the archive's own directory, if there is one.
Ref<Node> make_etc_tree(const Ref<Node>& archive_root);

} // namespace exo::hpc
