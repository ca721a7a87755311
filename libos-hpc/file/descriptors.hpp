// The program's descriptor table; 0, 1 and 2 are its standard streams from the start.
#pragma once

#include "libos-hpc/file/descriptor_table.hpp"

namespace exo::hpc {

DescriptorTable& descriptors();
// Puts the standard streams in. False when memory ran out.
bool open_descriptors();

} // namespace exo::hpc
