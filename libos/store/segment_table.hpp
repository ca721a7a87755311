// What is known of each segment, and the choice of those to write to and to clean. In memory only: it follows from the
// index and the log.
#pragma once

#include "libos/store/geometry.hpp"
#include "libos/store/problem.hpp"

namespace exo::store {

enum class SegmentState : std::uint8_t {
    Data,       // may hold live pages; its records are no longer needed
    Log,        // of the log since the last checkpoint, or to be its next
    Checkpoint, // of the last checkpoint
    Fresh,      // of a checkpoint that is being written
};

struct Segment {
    std::uint64_t sequence = 0;  // as far as known; higher is younger
    std::uint64_t killed_by = 0; // the last batch that made a page here dead
    std::uint32_t live_pages = 0;
    SegmentState state = SegmentState::Data;
    bool packed = false; // what lies here was compressed, or did not become smaller
};

class SegmentTable {
public:
    SegmentTable() = default;
    SegmentTable(const SegmentTable&) = delete;
    SegmentTable& operator=(const SegmentTable&) = delete;
    ~SegmentTable();

    // Errors: NoMemory.
    Status open(const Geometry& geometry);

    Segment& operator[](std::uint32_t segment) { return segments_[segment]; }
    std::uint32_t count() const { return count_; }
    std::uint64_t live_pages() const { return live_pages_; }

    void add_live(std::uint64_t sector, std::uint64_t pages);
    void remove_live(std::uint64_t sector, std::uint64_t pages, std::uint64_t killed_by);

    // Segments that can be written to, given the last batch that is on the medium.
    std::uint32_t free_count(std::uint64_t durable) const;
    // One of them, in the given state from now on, or count() when there is none. Goes around, so that wear is even.
    std::uint32_t take(std::uint64_t durable, SegmentState state);
    // All segments of a state get another one.
    void change_all(SegmentState from, SegmentState to);
    // The segment whose cleaning pays most: much free for little copying, and old, so that what is left will stay
    // (Rosenblum and Ousterhout 1992: (1 - u) * age / (1 + u)). count(): none has anything dead.
    std::uint32_t victim(std::uint64_t newest_sequence) const;
    // The segment that was written longest ago of those that are half alive and were not packed. count(): there is
    // none.
    std::uint32_t coldest() const;

private:
    bool is_free(const Segment& segment, std::uint64_t durable) const {
        return segment.state == SegmentState::Data && !segment.live_pages && segment.killed_by <= durable;
    }

    Geometry geometry_;
    Segment* segments_ = nullptr;
    std::uint32_t count_ = 0, next_ = 0;
    std::uint64_t live_pages_ = 0;
};

} // namespace exo::store
