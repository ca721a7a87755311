// Reads a chain of batches from disk, and judges each: whole, or not. Knows nothing of what records mean.
#pragma once

#include "libos/store/batch.hpp"

namespace exo::store {

// A batch as read: header and records have passed their checks, pages have not been looked at.
struct BatchView {
    BatchHeader header{};
    std::span<const std::byte> records;
};

struct RecordView {
    RecordType type;
    std::span<const std::byte> payload;
};
// Takes the first record off a batch's records, which have passed their checks. False: there is none.
bool next_record(std::span<const std::byte>& records, RecordView& record);
// Whether it is a MapRecord: of pages that lie somewhere, with their checksums.
bool names_pages(const RecordView& record);

// A place in a chain.
struct ChainPosition {
    std::uint64_t sector = 0;
    std::uint64_t sequence = 0; // of the batch that is expected there
    std::uint64_t segment_sequence = 0;
    std::uint32_t segment = 0, next_segment = 0;

    static ChainPosition of(const ChainStart& start) {
        return {start.sector, start.sequence, start.segment_sequence, start.segment, start.next_segment};
    }
    // Behind a batch that lies here.
    void pass(std::uint32_t disk_bytes, std::uint32_t next) {
        sector += disk_bytes / sector_bytes;
        sequence++;
        next_segment = next;
    }
    void enter_next_segment(const Geometry& geometry) {
        segment = next_segment;
        sector = geometry.segment_sector(segment);
        segment_sequence++;
    }
};

class ChainReader {
public:
    ChainReader(Disk& disk, const Geometry& geometry, std::uint64_t salt)
        : disk_(disk), geometry_(geometry), salt_(salt) {}
    ChainReader(const ChainReader&) = delete;
    ChainReader& operator=(const ChainReader&) = delete;
    ~ChainReader() { close(); }

    // Errors: NoMemory.
    Status open();
    void close();

    // The batch that `position` expects, where it expects it; the view lasts until the next call. False: it is not
    // there, or not whole. Errors: DeviceFailed.
    Result<bool> read(const ChainPosition& position, BatchKind kind, BatchView& view);
    // The same from a set of which some member there does not hold what was written: counted in `recovered`.
    Result<bool> read_by_redundancy(const ChainPosition& position, BatchKind kind, BatchView& view);
    // Whether the pages of a log's batch are those that its records say. Errors: DeviceFailed.
    Result<bool> pages_are_whole(const BatchView& view);
    // Whether there is a batch's header anywhere from `from` to the end of its segment, of that segment's present use,
    // with at least that sequence. Errors: DeviceFailed.
    Result<bool> finds_later(std::uint64_t from, std::uint64_t segment_sequence, std::uint64_t sequence);

    std::uint32_t disk_bytes(const BatchHeader& header) const {
        return geometry_.whole_rows(
            geometry_.whole_blocks(static_cast<std::uint32_t>(sizeof header) + header.record_bytes) +
            header.page_count * page_bytes);
    }

    std::uint64_t recovered() const { return recovered_; }
    // Headers of whole batches of this store that lie where another batch belongs.
    std::uint64_t misdirected() const { return misdirected_; }

private:
    // `bytes` octets from `sector` on, which do not reach beyond the segment, in the window.
    Result<const std::byte*> at(std::uint64_t sector, std::uint32_t bytes);
    bool is_header(const BatchHeader& header, std::uint64_t sector) const;

    Disk& disk_;
    const Geometry& geometry_;
    std::uint64_t salt_;
    std::uint64_t recovered_ = 0, misdirected_ = 0;
    std::uint32_t bad_ = 0; // members that are not believed
    block::Piece window_;
    std::uint64_t window_sector_ = 0;
    std::uint32_t window_bytes_ = 0;
    block::Piece page_;
};

} // namespace exo::store
