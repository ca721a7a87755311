// The two superblocks, on each member of a set: which one counts, and replacing them so that one always does.
#pragma once

#include "libos/store/disk.hpp"
#include "libos/store/geometry.hpp"

namespace exo::store {

Geometry geometry_of(const Superblock& superblock, std::uint32_t block_bytes);

// The superblock that counts. `scratch` is memory of a page. Errors: NotAStore, Newer, Shrunk, IndexDamaged (both
// copies are damaged), Unsuitable, DeviceFailed.
Result<Superblock> read_superblock(Disk& disk, const block::Piece& scratch);

// Whether all copies, two on each member that is present, are whole and say the same as `superblock`.
bool superblocks_are_whole(Disk& disk, const block::Piece& scratch, const Superblock& superblock);

// Writes the first copy, then the second, each durably, with its checksum. Errors: DeviceFailed.
Status write_superblock(Disk& disk, const block::Piece& scratch, Superblock& superblock);

} // namespace exo::store
