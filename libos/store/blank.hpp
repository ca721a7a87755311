// Whether a disk was just made.
#pragma once

#include "libos/store/disk.hpp"

namespace exo::store {

// Whether there is nothing but zeroes in a disk's first and last MiB, and in pages all over it. Errors: NoMemory,
// DeviceFailed.
Result<bool> is_blank(block::Device& device);

} // namespace exo::store
