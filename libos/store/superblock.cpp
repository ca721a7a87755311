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

// Generations and sequence numbers begin at 1, and no disk lives to see these: what is beyond is counted on to 0, or
// makes a checkpoint's sequence numbers such.
constexpr std::uint64_t sequences_max = 1ull << 62, generations_max = sequences_max >> (generation_shift + 1);

bool is_count(std::uint64_t value, std::uint64_t most) {
    return value != 0 && value < most;
}

bool is_start(const Geometry& geometry, const ChainStart& start) {
    return is_count(start.sequence, sequences_max) && is_count(start.segment_sequence, sequences_max) &&
           start.segment != start.next_segment && start.segment < geometry.segment_count &&
           start.next_segment < geometry.segment_count && start.sector >= geometry.segment_sector(start.segment) &&
           start.sector <= geometry.segment_end_sector(start.segment) &&
           (start.sector - geometry.segment_sector(0)) % (geometry.row_bytes() / sector_bytes) == 0;
}

Problem problem_of(const Superblock& superblock, const Disk& disk) {
    if (compare_bytes(superblock.magic, superblock_magic, sizeof superblock_magic) != 0)
        return Problem::NotAStore;
    if (superblock.version > format_version)
        return Problem::Newer;
    if (superblock.version < format_version_oldest || superblock.crc32c != checksum_of(superblock))
        return Problem::IndexDamaged;
    if ((superblock.features & ~feature::known) || (superblock.features && superblock.version < format_version))
        return Problem::UnknownFeature;
    if (superblock.data_disks != disk.data_disks())
        return Problem::IndexDamaged; // of a set whose labels are gone
    if (!disk.is_set() && superblock.disk_bytes > disk.device(0).bytes())
        return Problem::Shrunk;
    const Geometry geometry = geometry_of(superblock, disk.block_bytes());
    const bool sizes =
        superblock.segment_bytes >= segment_bytes_min && superblock.segment_bytes <= 2 * segment_bytes_max &&
        superblock.segment_bytes % geometry.row_bytes() == 0 && superblock.segment_count >= segments_min &&
        superblock.segment_count <= segments_max && superblock.disk_bytes % page_bytes == 0 &&
        geometry.segment_sector(geometry.segment_count) * sector_bytes + page_bytes <= superblock.disk_bytes;
    if (sizes && disk.is_set()) {
        const Geometry expected = Geometry::of_set(disk.label().member_bytes, superblock.data_disks);
        if (expected.segment_bytes != geometry.segment_bytes || expected.segment_count != geometry.segment_count ||
            expected.disk_bytes != geometry.disk_bytes)
            return Problem::IndexDamaged;
    }
    if (!is_count(superblock.generation, generations_max))
        return Problem::IndexDamaged;
    if (!sizes || !is_start(geometry, superblock.log) || !is_start(geometry, superblock.checkpoint[0]) ||
        !is_start(geometry, superblock.checkpoint[1]))
        return Problem::Unsuitable; // as when the disk's blocks are larger than they were
    return Problem::None;
}

// Where the second copy is on a member; of a disk alone whose first copy is gone, in its last whole page.
std::uint64_t second_copy(const Disk& disk, const Superblock* first) {
    if (disk.is_set())
        return disk.label().member_bytes - 2 * page_bytes;
    return (first ? first->disk_bytes : disk.device(0).bytes() / page_bytes * page_bytes) - page_bytes;
}

Status read_copy(Disk& disk, unsigned member, const block::Piece& scratch, std::uint64_t byte, Superblock& superblock) {
    if (const Status read = disk.read_member(member, byte, scratch); !read)
        return read;
    copy_bytes(&superblock, scratch.address, sizeof superblock);
    return {};
}

} // namespace

Geometry geometry_of(const Superblock& superblock, std::uint32_t block_bytes) {
    return {superblock.segment_bytes, superblock.segment_count, block_bytes, superblock.disk_bytes,
            superblock.data_disks ? superblock.data_disks : 1u};
}

Result<Superblock> read_superblock(Disk& disk, const block::Piece& scratch) {
    if (!disk.is_suitable())
        return fail(Problem::Unsuitable);
    Superblock best;
    Problem worst = Problem::None;
    bool known = false;
    for (unsigned member = 0; member < disk.member_count(); member++) {
        if (!(disk.present() >> member & 1))
            continue;
        if (disk.device(member).bytes() < 2 * page_bytes)
            return fail(Problem::NotAStore);
        for (unsigned copy = 0; copy < 2; copy++) {
            Superblock found;
            const std::uint64_t byte = copy == 0 ? 0 : second_copy(disk, known ? &best : nullptr);
            const Status read = read_copy(disk, member, scratch, byte, found);
            const Problem problem = read ? problem_of(found, disk) : read.error();
            if (problem != Problem::None) {
                worst = worst == Problem::None || worst == Problem::NotAStore ? problem : worst;
                continue;
            }
            const bool same = known && compare_bytes(found.uuid, best.uuid, sizeof best.uuid) == 0;
            if (!known || (same && found.generation > best.generation))
                best = found;
            known = true;
        }
    }
    if (!known)
        return fail(worst);
    return best;
}

bool superblocks_are_whole(Disk& disk, const block::Piece& scratch, const Superblock& superblock) {
    for (unsigned member = 0; member < disk.member_count(); member++)
        for (unsigned copy = 0; copy < 2 && (disk.present() >> member & 1); copy++) {
            Superblock found;
            const std::uint64_t byte = copy == 0 ? 0 : second_copy(disk, &superblock);
            if (!read_copy(disk, member, scratch, byte, found) || compare_bytes(&found, &superblock, sizeof found) != 0)
                return false;
        }
    return true;
}

Status write_superblock(Disk& disk, const block::Piece& scratch, Superblock& superblock) {
    superblock.version = superblock.features ? format_version : format_version_plain;
    superblock.crc32c = checksum_of(superblock);
    fill_bytes(scratch.address, 0, page_bytes);
    copy_bytes(scratch.address, &superblock, sizeof superblock);
    for (unsigned copy = 0; copy < 2; copy++) {
        if (const Status written = disk.write_members(copy == 0 ? 0 : second_copy(disk, &superblock), scratch);
            !written)
            return written;
        if (const Status flushed = disk.flush(); !flushed)
            return flushed;
    }
    return {};
}

} // namespace exo::store
