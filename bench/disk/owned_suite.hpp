// The suite over a disk whose function is owned. Compiled once for every program that runs it, so that what is between
// its commands is the same code; what is below the function is the program's matter.
#pragma once

#include "bench/disk/suite.hpp"
#include "libos/block/nvme_disk.hpp"

namespace bench::disk {

// False when a transfer failed, or did not end. `kernel_entries`: as DeviceLane.
bool run_owned_suite(exo::block::NvmeDisk& disk, const Request& request, std::uint64_t (*kernel_entries)());

} // namespace bench::disk
