// Making an empty store: an empty checkpoint of no batches, a log that begins in segment 0, and the superblocks.
#include "libos/memory/bytes.hpp"
#include "libos/store/store.hpp"

namespace exo::store {

namespace {
// What says that a disk alone was once a member of a set.
Status clear_label(Disk& disk, const block::Piece& scratch) {
    fill_bytes(scratch.address, 0, page_bytes);
    return disk.write_members(label_byte, scratch);
}
} // namespace

Status Store::create(std::span<block::Device* const> devices, const CreateSpec& spec) {
    const bool set = spec.data_disks != 0;
    if (devices.empty() || devices.size() > members_max || (!set && devices.size() != 1))
        return fail(Problem::BadCode);
    for (const block::Device* const device : devices)
        if (device->offers(block::disk_offer::read_only))
            return fail(Problem::ReadOnly);
    Disk disk(devices);
    if (!disk.is_suitable())
        return fail(Problem::Unsuitable);
    if (set)
        if (const Status made = disk.make_set(spec.uuid, spec.data_disks, spec.parity_disks); !made)
            return made;
    const Geometry geometry = set ? Geometry::of_set(disk.label().member_bytes, spec.data_disks)
                                  : Geometry::of_disk(devices[0]->bytes(), devices[0]->block_bytes());
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
    superblock.data_disks = static_cast<std::uint16_t>(spec.data_disks);
    superblock.parity_disks = static_cast<std::uint16_t>(spec.parity_disks);
    superblock.features = spec.compress ? feature::packed : 0;
    const block::Piece scratch = disk.allocate(page_bytes);
    if (!scratch.address)
        return fail(Problem::NoMemory);
    Status written = set ? Status{} : clear_label(disk, scratch);
    if (written)
        written = write_superblock(disk, scratch, superblock);
    disk.release(scratch);
    return written;
}

} // namespace exo::store
