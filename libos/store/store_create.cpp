// Making an empty store: an empty checkpoint of no batches, a log that begins in segment 0, and the superblocks.
#include "libos/memory/bytes.hpp"
#include "libos/store/store.hpp"

namespace exo::store {

Status Store::create(block::Device& device, const CreateSpec& spec) {
    if (device.offers(block::disk_offer::read_only))
        return fail(Problem::ReadOnly);
    if (!is_suitable(device))
        return fail(Problem::Unsuitable);
    const Geometry geometry = Geometry::of_disk(device.bytes(), device.block_bytes());
    if (geometry.segment_count < segments_min)
        return fail(Problem::TooSmall);
    Superblock superblock{};
    copy_bytes(superblock.magic, superblock_magic, sizeof superblock_magic);
    superblock.version = format_version;
    copy_bytes(superblock.uuid, spec.uuid, sizeof spec.uuid);
    copy_bytes(superblock.label, spec.label, sizeof spec.label);
    superblock.generation = 1;
    superblock.salt = spec.salt;
    superblock.disk_bytes = geometry.disk_bytes;
    superblock.segment_bytes = geometry.segment_bytes;
    superblock.segment_count = geometry.segment_count;
    const ChainStart start{geometry.segment_sector(0), 1, 1, 0, 1};
    superblock.checkpoint[0] = superblock.checkpoint[1] = superblock.log = start;
    superblock.written_ns = spec.now_ns;
    Disk disk(device);
    const block::Piece scratch = device.allocate(page_bytes);
    if (!scratch.address)
        return fail(Problem::NoMemory);
    const Status written = write_superblock(disk, scratch, superblock);
    device.release(scratch);
    return written;
}

} // namespace exo::store
