// What the host says of a disk image: it is there, whole blocks long, and no other machine has it.
#pragma once

#include "tools/exo/disk.hpp"

namespace exo::tool {

// Refuses an image that is missing (unless it is to be made), no plain file, too small, not writable or in use.
Outcome<void> check_disk_host(const DiskImage& disk);
// Makes the image, full of zeroes that take no room, when it is to be made and is not there.
Outcome<void> create_disk(const DiskImage& disk);

} // namespace exo::tool
