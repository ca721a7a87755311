// A superblock is believed when its checksum is right; its numbers are held to the disk nevertheless.
#include "libos/store/superblock.hpp"

#include "libos/memory/bytes.hpp"
#include "libos/store/checksum.hpp"

namespace exo::store {

namespace {

std::uint32_t checksum_of(Superblock superblock) {
    superblock.crc32c = 0;
    return crc32c(0, &superblock, sizeof superblock);
}

bool is_start(const Geometry& geometry, const ChainStart& start) {
    return start.segment < geometry.segment_count && start.next_segment < geometry.segment_count &&
           start.sector >= geometry.segment_sector(start.segment) &&
           start.sector <= geometry.segment_end_sector(start.segment) &&
           start.sector % (geometry.block_bytes / sector_bytes) == 0;
}

Problem problem_of(const Superblock& superblock, const block::Device& device) {
    if (compare_bytes(superblock.magic, superblock_magic, sizeof superblock_magic) != 0)
        return Problem::NotAStore;
    if (superblock.version > format_version)
        return Problem::Newer;
    if (superblock.version != format_version || superblock.crc32c != checksum_of(superblock))
        return Problem::IndexDamaged;
    if (superblock.disk_bytes > device.bytes())
        return Problem::Shrunk;
    const Geometry geometry = geometry_of(superblock, device.block_bytes());
    const bool sizes =
        superblock.segment_bytes >= segment_bytes_min && superblock.segment_bytes <= segment_bytes_max &&
        (superblock.segment_bytes & (superblock.segment_bytes - 1)) == 0 && superblock.segment_count >= segments_min &&
        superblock.segment_count <= segments_max && superblock.disk_bytes % page_bytes == 0 &&
        geometry.segment_sector(geometry.segment_count) * sector_bytes + page_bytes <= superblock.disk_bytes;
    if (!sizes || !is_start(geometry, superblock.log) || !is_start(geometry, superblock.checkpoint[0]) ||
        !is_start(geometry, superblock.checkpoint[1]))
        return Problem::Unsuitable; // as when the disk's blocks are larger than they were
    return Problem::None;
}

Status read_copy(Disk& disk, const block::Piece& scratch, std::uint64_t byte, Superblock& superblock) {
    if (const Status read = disk.read(byte, scratch); !read)
        return read;
    copy_bytes(&superblock, scratch.address, sizeof superblock);
    return {};
}

} // namespace

Geometry geometry_of(const Superblock& superblock, std::uint32_t block_bytes) {
    return {superblock.segment_bytes, superblock.segment_count, block_bytes, superblock.disk_bytes};
}

bool is_suitable(const block::Device& device) {
    const std::uint32_t block = device.block_bytes();
    return block >= sector_bytes && block <= page_bytes && (block & (block - 1)) == 0 &&
           device.transfer_bytes_max() >= batch_meta_bytes_max;
}

Result<Superblock> read_superblock(Disk& disk, const block::Piece& scratch) {
    const block::Device& device = disk.device();
    if (!is_suitable(device))
        return fail(Problem::Unsuitable);
    if (device.bytes() < 2 * page_bytes)
        return fail(Problem::NotAStore);
    Superblock copies[2];
    Problem problems[2];
    const Status first = read_copy(disk, scratch, 0, copies[0]);
    problems[0] = first ? problem_of(copies[0], device) : first.error();
    const bool known = problems[0] == Problem::None;
    const std::uint64_t last_page = device.bytes() / page_bytes * page_bytes - page_bytes;
    const Status second = read_copy(disk, scratch, known ? copies[0].disk_bytes - page_bytes : last_page, copies[1]);
    problems[1] = second ? problem_of(copies[1], device) : second.error();
    if (known && (problems[1] != Problem::None || copies[1].generation <= copies[0].generation ||
                  compare_bytes(copies[1].uuid, copies[0].uuid, sizeof copies[0].uuid) != 0))
        return copies[0];
    if (problems[1] == Problem::None)
        return copies[1];
    return fail(problems[0] == Problem::NotAStore ? problems[1] : problems[0]);
}

Result<unsigned> count_superblocks(Disk& disk, const block::Piece& scratch, const Superblock& superblock) {
    unsigned count = 0;
    for (unsigned copy = 0; copy < 2; copy++) {
        Superblock found;
        const Geometry geometry = geometry_of(superblock, disk.device().block_bytes());
        if (const Status read = read_copy(disk, scratch, geometry.superblock_byte(copy), found); !read)
            return fail(read.error());
        count += compare_bytes(&found, &superblock, sizeof found) == 0;
    }
    return count;
}

Status write_superblock(Disk& disk, const block::Piece& scratch, Superblock& superblock) {
    superblock.crc32c = checksum_of(superblock);
    fill_bytes(scratch.address, 0, page_bytes);
    copy_bytes(scratch.address, &superblock, sizeof superblock);
    const Geometry geometry = geometry_of(superblock, disk.device().block_bytes());
    for (unsigned copy = 0; copy < 2; copy++) {
        if (const Status written = disk.write(geometry.superblock_byte(copy), scratch); !written)
            return written;
        if (const Status flushed = disk.flush(); !flushed)
            return flushed;
    }
    return {};
}

} // namespace exo::store
