// Where things lie on a store's disk, from what its superblock says.
#pragma once

#include "libos/store/format.hpp"

namespace exo::store {

struct Geometry {
    std::uint32_t segment_bytes = 0;
    std::uint32_t segment_count = 0;
    std::uint32_t block_bytes = 0; // of the disk
    std::uint64_t disk_bytes = 0;  // whole pages
    std::uint32_t data_disks = 1;  // blocks a row

    // What a disk of that many bytes is divided into; segment_count is below segments_min on one that is too small.
    static constexpr Geometry of_disk(std::uint64_t bytes, std::uint32_t block_bytes) {
        Geometry geometry{.segment_bytes = segment_bytes_min,
                          .block_bytes = block_bytes,
                          .disk_bytes = bytes / page_bytes * page_bytes};
        while (geometry.segment_bytes < segment_bytes_max && bytes / geometry.segment_bytes > 256)
            geometry.segment_bytes *= 2;
        if (bytes > segments_begin_bytes + page_bytes) {
            const std::uint64_t count =
                (geometry.disk_bytes - page_bytes - segments_begin_bytes) / geometry.segment_bytes;
            geometry.segment_count = static_cast<std::uint32_t>(count < segments_max ? count : segments_max);
        }
        return geometry;
    }

    // What the logical disk of a set is divided into, of whose members so many bytes are used.
    static constexpr Geometry of_set(std::uint64_t member_bytes, std::uint32_t data_disks) {
        Geometry geometry{.block_bytes = page_bytes, .data_disks = data_disks};
        std::uint64_t chunk = 64 * 1024; // of a segment, on each member
        while (chunk * data_disks < segment_bytes_min)
            chunk *= 2;
        while (chunk * data_disks < segment_bytes_max && member_bytes / chunk > 256)
            chunk *= 2;
        geometry.segment_bytes = static_cast<std::uint32_t>(chunk * data_disks);
        if (member_bytes > segments_begin_bytes + 2 * page_bytes) {
            const std::uint64_t count = (member_bytes - 2 * page_bytes - segments_begin_bytes) / chunk;
            geometry.segment_count = static_cast<std::uint32_t>(count < segments_max ? count : segments_max);
        }
        geometry.disk_bytes = geometry.segment_sector(geometry.segment_count) * sector_bytes + page_bytes;
        return geometry;
    }

    constexpr std::uint64_t segment_sector(std::uint32_t segment) const {
        return (segments_begin_bytes + std::uint64_t{segment} * segment_bytes) / sector_bytes;
    }
    std::uint64_t segment_end_sector(std::uint32_t segment) const { return segment_sector(segment + 1); }
    // The segment in which a sector lies; segment_count: in none.
    std::uint32_t segment_of(std::uint64_t sector) const {
        if (sector < segment_sector(0) || sector >= segment_sector(segment_count))
            return segment_count;
        return static_cast<std::uint32_t>((sector - segment_sector(0)) / (segment_bytes / sector_bytes));
    }
    // Whether pages can lie there: whole, inside one segment.
    bool holds_pages(std::uint64_t sector, std::uint64_t count) const {
        const std::uint32_t segment = segment_of(sector);
        return segment < segment_count && count <= segment_bytes / page_bytes &&
               sector + count * page_sectors <= segment_end_sector(segment);
    }
    std::uint32_t whole_blocks(std::uint32_t bytes) const { return (bytes + block_bytes - 1) & ~(block_bytes - 1); }
    std::uint32_t row_bytes() const { return block_bytes * data_disks; }
    std::uint32_t whole_rows(std::uint32_t bytes) const {
        return (bytes + row_bytes() - 1) / row_bytes() * row_bytes();
    }
};

} // namespace exo::store
