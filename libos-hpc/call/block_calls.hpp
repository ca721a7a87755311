// What calls do with block devices alone: requests of ioctl(2), and fallocate(2).
#pragma once

#include "libos-hpc/call/answer.hpp"
#include "libos-hpc/call/user.hpp"

namespace exo::hpc::call {

// For an open file on a block device (<linux/fs.h>). Errors: NOTTY (no request of these), FAULT, BADF (it is not open
// for writing), INVAL, OPNOTSUPP, PERM, IO.
Answer ask_block_device(File& file, BlockDevice& device, std::uint32_t request, std::uint64_t value);
// `mode` has been found to be one that files have. Errors: INVAL (not whole blocks, or behind the end), OPNOTSUPP,
// PERM, IO.
Answer allocate_blocks(Node& node, std::uint32_t mode, std::uint64_t offset, std::uint64_t bytes);

} // namespace exo::hpc::call
