// Changes, as they are staged in the open batch.
#include "libos/memory/bytes.hpp"
#include "libos/store/store.hpp"

namespace exo::store {

namespace {
constexpr std::uint32_t packed_at_once = 4; // segments, when there is no room otherwise
}

Status Store::give_up(Problem problem) {
    if (problem_ == Problem::None)
        problem_ = problem;
    return fail(problem_);
}

void Store::begin_open_batch() {
    // A batch that would just not fit the rest of its segment would waste that rest; one that fills it wastes nothing.
    const std::uint64_t room = (geometry_.segment_end_sector(log_.segment) - log_.sector) * sector_bytes;
    constexpr std::uint64_t worth_filling = 4 * batch_meta_bytes_max;
    const std::uint64_t pages = room < worth_filling ? batch_pages_max : (room - batch_meta_bytes_max) / page_bytes;
    open_batch().begin(super_.salt, log_.sequence,
                       static_cast<std::uint32_t>(pages < batch_pages_max ? pages : batch_pages_max));
}

// Segments that two copies of a checkpoint need, at the most.
std::uint32_t Store::checkpoint_segments() const {
    const std::uint64_t bytes =
        (segments_.live_pages() + staged_pages_) * 48 + packed_.streams() * 40 + keeper_.snapshot_bytes() + page_bytes;
    return 2 * static_cast<std::uint32_t>(bytes / (geometry_.segment_bytes - batch_meta_bytes_max) + 2);
}

std::uint64_t Store::pages_capacity() const {
    // Kept back: the last checkpoint and the next, the log's segment and its next, and two to clean into.
    const std::uint64_t back = 2ull * checkpoint_segments() + 4;
    const std::uint64_t segments = geometry_.segment_count > back ? geometry_.segment_count - back : 0;
    return segments * (geometry_.segment_bytes / page_bytes) / 16 * 13;
}

Status Store::reserve(std::uint32_t record_octets, std::uint32_t pages, std::uint32_t new_pages) {
    if (problem_ != Problem::None)
        return fail(problem_);
    if (!writable_)
        return fail(Problem::ReadOnly);
    if (maintenance_due_ && !maintaining_)
        if (const Status done = maintain(); !done)
            return done;
    if (!maintaining_ && new_pages && pages_used() + new_pages > pages_capacity() && packs())
        if (const Status packed = pack(packed_at_once); !packed)
            return packed;
    if (!maintaining_ && ((pages && crowded_) || (new_pages && pages_used() + new_pages > pages_capacity())))
        return fail(Problem::NoSpace);
    if (open_batch().fits(record_octets, pages))
        return {};
    if (open_batch().empty()) // it will not get more room by being written
        open_batch().begin(super_.salt, log_.sequence);
    while (!open_batch().empty()) {
        start_commit();
        if (problem_ != Problem::None)
            return fail(problem_);
        if (!open_batch().empty())
            if (const Status finished = finish_writing(); !finished)
                return finished;
    }
    if (!open_batch().fits(record_octets, pages))
        open_batch().begin(super_.salt, log_.sequence);
    if (!open_batch().fits(record_octets, pages))
        return fail(Problem::TooBig);
    if (maintenance_due_ && !maintaining_)
        return reserve(record_octets, pages,
                       new_pages); // what was written began a segment; at most once, for maintain ends that
    return {};
}

void Store::add_record(std::span<const std::byte> payload, std::span<const std::byte> rest) {
    open_batch().add_record(RecordType::Keeper, payload, rest);
}

// What lay at a place is dead.
void Store::leave_place(const Place& place) {
    if (place.is_packed())
        packed_.release(place, open_batch().sequence());
    else if (place.sector && !place.is_staged())
        segments_.remove_live(place.sector, 1, open_batch().sequence());
}

Result<std::byte*> Store::change_page(std::uint64_t object_id, std::uint64_t index, Fill fill) {
    Object* const object = make_object(object_id);
    Place* const place = object ? object->pages.make(index) : nullptr;
    if (!place) {
        if (object)
            remove_if_empty(*object);
        return fail(Problem::NoMemory);
    }
    Page* page = cache_.find(object_id, index);
    if (page && page->state == PageState::Staged)
        return page->memory;
    if (!page && place->sector && fill == Fill::Keep) {
        if (const Status loaded = load(object_id, object->pages, index, 1); !loaded)
            return fail(loaded.error());
        page = cache_.find(object_id, index);
    }
    if (!page || page->state == PageState::Writing) {
        const Result<Page*> fresh = take_page(); // may end the writing
        if (!fresh) {
            remove_if_empty(*object);
            return fail(fresh.error());
        }
        page = cache_.find(object_id, index);
        if (!page && place->sector && fill == Fill::Keep) {
            cache_.give_back(**fresh); // it was written meanwhile, and taken away to make room
            return change_page(object_id, index, fill);
        }
        if (fill == Fill::Keep && page)
            copy_page((*fresh)->memory, page->memory);
        else if (fill == Fill::Keep)
            zero_pages((*fresh)->memory, 1);
        if (page)
            cache_.forget(*page);
        page = *fresh;
        cache_.enter(*page, object_id, index, PageState::Staged);
    } else {
        cache_.set_state(*page, PageState::Staged);
    }
    object->page_count += place->sector == 0;
    leave_place(*place);
    *place = {.sector = Place::staged};
    open_batch().add_page(*page);
    staged_pages_++;
    return page->memory;
}

// Takes a page of a place that is about to be erased out of memory and out of the batch.
void Store::forget_page(std::uint64_t object, std::uint64_t index, const Place& place) {
    if (Page* const page = cache_.find(object, index)) {
        if (page->state == PageState::Staged) {
            open_batch().remove_page(*page);
            staged_pages_--;
        }
        cache_.forget(*page);
    }
    leave_place(place);
}

void Store::erase_pages(std::uint64_t object_id, std::uint64_t first, std::uint64_t last) {
    Object* const object = find_object(object_id);
    if (!object)
        return;
    Place* place;
    for (std::uint64_t index = first; object->pages.next(index, place) && index <= last; index++) {
        forget_page(object_id, index, *place);
        object->page_count--;
        if (index == ~0ull)
            break;
    }
    object->pages.erase(first, last);
    remove_if_empty(*object);
}

void Store::drop_pages(std::uint64_t object_id, std::uint64_t first, std::uint64_t last) {
    Object* const object = find_object(object_id);
    Place* place;
    std::uint64_t index = first;
    if (!object || !object->pages.next(index, place) || index > last)
        return;
    erase_pages(object_id, first, last);
    const DropRecord drop{object_id, first, last - first == ~0ull ? ~0ull : last - first + 1};
    // Safe: plain data of the format.
    open_batch().add_record(RecordType::Drop, {reinterpret_cast<const std::byte*>(&drop), sizeof drop});
}

bool Store::drop_first_pages(std::uint64_t object_id, std::uint64_t last, std::uint64_t most) {
    Object* const object = find_object(object_id);
    Place* place;
    std::uint64_t first = 0;
    if (!object || !object->pages.next(first, place) || first > last)
        return false;
    drop_pages(object_id, first, last - first < most ? last : first + most - 1);
    return true;
}

} // namespace exo::store
