// A batch in memory: records and pages that become durable together or not at all. Filled while it is open; sealed when
// its place on disk is known; then one run of octets on disk, header first.
#pragma once

#include "libos/store/disk.hpp"
#include "libos/store/geometry.hpp"
#include "libos/store/page_cache.hpp"

namespace exo::store {

// Octets that a record with that much payload takes.
constexpr std::uint32_t record_room(std::uint32_t payload_bytes) {
    return (static_cast<std::uint32_t>(sizeof(RecordHeader)) + payload_bytes + 7) & ~7u;
}
// The same of records of so many streams.
constexpr std::uint32_t streams_room(std::uint64_t entries) {
    return static_cast<std::uint32_t>((entries + stream_entries_max - 1) / stream_entries_max * sizeof(RecordHeader) +
                                      entries * sizeof(StreamEntry));
}
// What the checksums of a batch's records begin with: of the store and of this batch alone.
std::uint32_t record_seed(std::uint64_t salt, std::uint64_t sequence);
std::uint32_t record_checksum(std::uint32_t seed, const RecordHeader& header, const std::byte* payload);
std::uint32_t header_checksum(std::uint64_t salt, const BatchHeader& header);

// Where a sealed batch goes.
struct BatchPlace {
    std::uint64_t sector;
    std::uint64_t segment_sequence;
    std::uint32_t next_segment;
    BatchKind kind;
};

class Batch {
public:
    Batch() = default;
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    // Errors: NoMemory.
    Status open(Disk& disk);
    void close(Disk& disk);

    // Begins anew with nothing in it. `pages_max`: at most batch_pages_max.
    void begin(std::uint64_t salt, std::uint64_t sequence, std::uint32_t pages_max = batch_pages_max);
    bool empty() const { return record_bytes_ == 0 && page_count_ == 0 && promised_ == 0; }
    std::uint64_t sequence() const { return sequence_; }
    // Whether records of `record_octets` (sums of record_room) and so many pages fit beside what is there.
    bool fits(std::uint32_t record_octets, std::uint32_t pages) const;

    // The caller knows that it fits. The payload is two runs of octets, one behind the other.
    void add_record(RecordType type, std::span<const std::byte> payload, std::span<const std::byte> rest = {});
    // Keeps room for records that come later.
    void promise(std::uint32_t record_octets) { promised_ += record_octets; }
    void end_promise() { promised_ = 0; }
    void add_page(Page& page);
    void remove_page(Page& page);
    // Of a batch that has nothing else in it: pages of streams (PageState::Forgotten), and what lies in them, whose
    // entries name a page by its number here, and its sector once the batch is sealed. They stay where they are.
    void add_streams(std::span<Page* const> pages, std::span<StreamEntry> entries);
    std::span<const StreamEntry> streams() const { return streams_; }

    // Octets on disk, sealed, whole rows of such a disk; also drops the gaps that removed pages left.
    std::uint32_t disk_bytes(const Geometry& geometry);
    // Writes the header, the records of the pages, and all checksums. After disk_bytes.
    void seal(const Geometry& geometry, const BatchPlace& place);
    // The same batch at another place, with the same pages none: of checkpoints, which have no pages.
    void stamp(const BatchPlace& place);

    // Of a sealed batch: what is to be written, in order.
    std::span<const block::Piece> pieces() const { return {pieces_, 1 + page_count_}; }
    std::uint32_t page_count() const { return page_count_; }
    Page& page(std::uint32_t at) const { return *pages_[at]; }
    std::uint64_t page_sector(std::uint32_t at) const { return first_page_sector_ + at * page_sectors; }
    std::uint64_t checksum(std::uint32_t at) const { return checksums_[at]; }
    // Whether a sector is of this batch as it is being written.
    bool holds(std::uint64_t sector) const {
        return sector >= sector_ && sector < sector_ + disk_bytes_ / sector_bytes;
    }

private:
    bool holds_streams() const { return !streams_.empty(); }
    std::uint32_t run_from(std::uint32_t at) const;
    void add_maps(std::uint64_t first_sector);
    void add_entries(std::uint64_t first_sector);

    block::Piece memory_; // batch_meta_bytes_max
    std::uint64_t salt_ = 0, sequence_ = 0, sector_ = 0, first_page_sector_ = 0;
    std::uint32_t seed_ = 0, record_bytes_ = 0, page_count_ = 0, pages_max_ = 0, disk_bytes_ = 0, meta_bytes_ = 0;
    std::uint32_t promised_ = 0;
    std::byte* header_ = nullptr; // of a sealed batch
    Page* pages_[batch_pages_max];
    std::uint64_t checksums_[batch_pages_max];
    block::Piece pieces_[1 + batch_pages_max];
    std::span<StreamEntry> streams_;
};

} // namespace exo::store
