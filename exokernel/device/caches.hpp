// For IOMMUs that do not snoop the processor's caches: getting table entries out to memory.
#pragma once

#include <cstdint>

namespace exo {

// The lines that hold these bytes.
void write_back(const void* bytes, std::uint64_t count);
// Everything; for tables whose changed entries are not known here. Slow on real hardware, where units that need
// it are rare.
void write_back_caches();

} // namespace exo
