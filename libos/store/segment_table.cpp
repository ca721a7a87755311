// Linear searches: they happen once a segment, not once a write.
#include "libos/store/segment_table.hpp"

#include "libos/memory/heap.hpp"

namespace exo::store {

SegmentTable::~SegmentTable() {
    if (segments_)
        heap_free(segments_);
}

Status SegmentTable::open(const Geometry& geometry) {
    geometry_ = geometry;
    count_ = geometry.segment_count;
    segments_ = static_cast<Segment*>(heap_allocate(count_ * sizeof(Segment)));
    if (!segments_)
        return fail(Problem::NoMemory);
    for (std::uint32_t i = 0; i < count_; i++)
        new (&segments_[i]) Segment;
    return {};
}

void SegmentTable::add_live(std::uint64_t sector, std::uint64_t pages) {
    segments_[geometry_.segment_of(sector)].live_pages += static_cast<std::uint32_t>(pages);
    live_pages_ += pages;
}

void SegmentTable::remove_live(std::uint64_t sector, std::uint64_t pages, std::uint64_t killed_by) {
    Segment& segment = segments_[geometry_.segment_of(sector)];
    segment.live_pages -= static_cast<std::uint32_t>(pages);
    segment.killed_by = killed_by;
    live_pages_ -= pages;
}

std::uint32_t SegmentTable::free_count(std::uint64_t durable) const {
    std::uint32_t free = 0;
    for (std::uint32_t i = 0; i < count_; i++)
        free += is_free(segments_[i], durable);
    return free;
}

std::uint32_t SegmentTable::take(std::uint64_t durable, SegmentState state) {
    for (std::uint32_t tried = 0; tried < count_; tried++) {
        const std::uint32_t at = next_;
        next_ = next_ + 1 == count_ ? 0 : next_ + 1;
        if (is_free(segments_[at], durable)) {
            segments_[at].state = state;
            segments_[at].packed = false;
            return at;
        }
    }
    return count_;
}

void SegmentTable::change_all(SegmentState from, SegmentState to) {
    for (std::uint32_t i = 0; i < count_; i++)
        if (segments_[i].state == from)
            segments_[i].state = to;
}

std::uint32_t SegmentTable::victim(std::uint64_t newest_sequence) const {
    const std::uint64_t pages = geometry_.segment_bytes / page_bytes;
    std::uint32_t best = count_;
    std::uint64_t best_score = 0;
    for (std::uint32_t i = 0; i < count_; i++) {
        const Segment& segment = segments_[i];
        if (segment.state != SegmentState::Data || !segment.live_pages)
            continue;
        // Pages that batches' headers took the place of count as dead.
        const std::uint64_t live = segment.live_pages, age = newest_sequence - segment.sequence + 1;
        if (live >= pages)
            continue; // more than fit: an image that nobody honest wrote
        const std::uint64_t score = (pages - live) * 1024 / (pages + live) * age;
        if (score > best_score) {
            best_score = score;
            best = i;
        }
    }
    return best;
}

std::uint32_t SegmentTable::coldest() const {
    const std::uint64_t worth = geometry_.segment_bytes / page_bytes / 2;
    std::uint32_t best = count_;
    for (std::uint32_t i = 0; i < count_; i++) {
        const Segment& segment = segments_[i];
        if (segment.state == SegmentState::Data && !segment.packed && segment.live_pages >= worth &&
            (best == count_ || segment.sequence < segments_[best].sequence))
            best = i;
    }
    return best;
}

} // namespace exo::store
