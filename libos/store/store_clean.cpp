// Getting segments back: a checkpoint frees those of the log that hold nothing but records, cleaning those that hold
// little else but dead pages.
#include "libos/memory/heap.hpp"
#include "libos/store/packer.hpp"

namespace exo::store {

// To the end of the log: compressed, or as it is.
Status Store::move_page(Packer* packer, std::uint64_t object, std::uint64_t index) {
    const Result<bool> packed = packer ? packer->add(object, index) : Result<bool>(false);
    Status moved = packed ? Status{} : fail(packed.error());
    if (packed && !*packed) {
        if (const Status room = reserve(0, 1, 0); !room)
            return room;
        const Result<std::byte*> changed = change_page(object, index, Fill::Keep);
        moved = changed ? Status{} : fail(changed.error());
        segments_[log_.segment].packed |= packer != nullptr;
    }
    counters_.moved_pages += moved.has_value();
    if (!moved && moved.error() == Problem::Damaged) // stays where it is, and is found again by a scrub
        return {};
    return moved;
}

// Copies what is alive in a segment to the end of the log. Its places are found by walking the index: that costs a
// little for each page of the store, and nothing that could be damaged on disk is believed.
Status Store::move_pages(std::uint32_t segment) {
    Status failed;
    Packer* const packer = packs() ? heap_new<Packer>(*this) : nullptr;
    if (packs())
        failed = packer ? packer->open() : fail(Problem::NoMemory);
    objects_.each([&](Object& object) {
        Place* place;
        for (std::uint64_t index = 0; failed && object.pages.next(index, place); index++)
            if (!place->is_staged() && geometry_.segment_of(place->stream_sector()) == segment)
                failed = move_page(packer, object.id, index);
    });
    if (failed && packer)
        failed = packer->flush();
    heap_delete(packer);
    return failed;
}

Status Store::clean(std::uint32_t free_segments) {
    const bool nested = maintaining_;
    maintaining_ = true;
    Status status = commit();
    const std::uint64_t worth = geometry_.segment_bytes / page_bytes * 15 / 16;
    for (std::uint32_t round = 0; status && segments_.free_count(durable_) < free_segments; round++) {
        const std::uint32_t victim = segments_.victim(log_.segment_sequence);
        if (round > geometry_.segment_count || victim == segments_.count() || segments_[victim].live_pages > worth)
            break;
        const std::uint32_t before = segments_[victim].live_pages;
        status = move_pages(victim);
        if (status)
            status = commit();
        if (segments_[victim].live_pages == before)
            break; // all that is left in it is damaged
        counters_.cleaned_segments++;
        // Copies fill segments of the log, which are to be cleaned themselves only once they are not needed to recover.
        if (status && segments_.free_count(durable_) < checkpoint_segments() + 3)
            status = write_checkpoint(false);
    }
    maintaining_ = nested;
    return status;
}

// After a segment was begun: keeps enough of them free for a checkpoint at any time, and the log short.
Status Store::maintain() {
    maintenance_due_ = false;
    maintaining_ = true;
    const std::uint32_t low = 2 * checkpoint_segments() + 4;
    Status status;
    if (log_bytes_ > log_bytes_max_ || segments_.free_count(durable_) < low) {
        status = commit();
        if (status)
            status = write_checkpoint(false);
        if (status && segments_.free_count(durable_) < low) {
            status = clean(low + 2);
            if (status)
                status = write_checkpoint(false);
        }
    }
    // Changes that only free pages still find room.
    crowded_ = segments_.free_count(durable_) < checkpoint_segments() + 3;
    maintaining_ = false;
    maintenance_due_ = crowded_; // frees what it can as soon as there is something
    return status;
}

} // namespace exo::store
