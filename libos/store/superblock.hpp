// The two superblocks: which one counts, and replacing them so that one always does.
#pragma once

#include "libos/store/disk.hpp"
#include "libos/store/geometry.hpp"

namespace exo::store {

Geometry geometry_of(const Superblock& superblock, std::uint32_t block_bytes);

// The superblock that counts. `scratch` is memory of a page. Errors: NotAStore, Newer, Shrunk, IndexDamaged (both
// copies are damaged), Unsuitable, DeviceFailed.
Result<Superblock> read_superblock(Disk& disk, const block::Piece& scratch);

// How many of the two copies are whole and say the same as `superblock`. Errors: DeviceFailed.
Result<unsigned> count_superblocks(Disk& disk, const block::Piece& scratch, const Superblock& superblock);

// Writes the first copy, then the second, each durably, with its checksum. Errors: DeviceFailed.
Status write_superblock(Disk& disk, const block::Piece& scratch, Superblock& superblock);

// Whether the device's blocks and transfers suit a store.
bool is_suitable(const block::Device& device);

} // namespace exo::store
