// Attributes and errors of libos/files as Linux has them.
#pragma once

#include "libos-hpc/vfs/node.hpp"
#include "libos/files/files.hpp"

namespace exo::hpc {

// `pages`: of 4 KiB, that the inode holds.
Attributes attributes_of(const files::Inode& inode, std::uint64_t pages, std::uint64_t device);
// Of everything but the size. A time that is to be now is `now`, in nanoseconds since 1970.
files::AttributeChange change_of(const AttributeChange& from, std::int64_t now);
FileSystemInfo info_of(const files::FileSystemInfo& from);

} // namespace exo::hpc
