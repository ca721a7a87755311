// Objects, and pages as they are read: from memory, or from the disk, checked.
#include "libos/store/checksum.hpp"
#include "libos/store/store.hpp"

namespace exo::store {

namespace {
constexpr std::uint32_t read_pages_max = 32; // at once
}

Store::Object* Store::find_object(std::uint64_t id) const {
    return objects_.find(mixed(id), [&](const Object& object) { return object.id == id; });
}

Store::Object* Store::make_object(std::uint64_t id) {
    if (Object* const found = find_object(id))
        return found;
    auto* const object = heap_new<Object>();
    if (object) {
        object->id = id;
        objects_.insert(*object);
    }
    return object;
}

void Store::remove_if_empty(Object& object) {
    if (object.page_count)
        return;
    objects_.remove(object);
    heap_delete(&object);
}

const PageMap* Store::pages_of(std::uint64_t object) const {
    const Object* const found = find_object(object);
    return found ? &found->pages : nullptr;
}

std::uint32_t Store::new_pages(std::uint64_t object, std::uint64_t index, std::uint64_t count) const {
    const PageMap* const pages = pages_of(object);
    std::uint32_t fresh = 0;
    for (std::uint64_t i = 0; i < count; i++) {
        const Place* const place = pages ? pages->find(index + i) : nullptr;
        fresh += !place || place->is_packed();
    }
    return fresh;
}

std::uint64_t Store::page_count(std::uint64_t object) const {
    const Object* const found = find_object(object);
    return found ? found->page_count : 0;
}

// A page that was read, or not, into memory: if it is not what was written, what other members know of it.
Status Store::load_again(const Place& place, const Page& page, bool read) {
    if (read && page_checksum(super_.salt, place.sector, page.memory) == place.checksum)
        return {};
    Status status = fail(read ? Problem::Damaged : Problem::DeviceFailed);
    if (disk_.is_set()) {
        const Result<bool> got =
            disk_.read_page(place.sector, {page.memory, page.device_address, page_bytes}, super_.salt, place.checksum);
        counters_.recovered_pages += got.has_value();
        status = got ? Status{} : fail(got.error());
    }
    counters_.damaged_pages += !status && status.error() == Problem::Damaged;
    return status;
}

// A page that is neither staged nor being written may be used for something else; if there is none, one is waited for.
Result<Page*> Store::take_page() {
    Page* page = cache_.take();
    if (!page && stage_ != Stage::Idle) {
        if (const Status finished = finish_writing(); !finished)
            return fail(finished.error());
        page = cache_.take();
    }
    if (!page)
        return fail(Problem::NoMemory);
    return page;
}

// A compressed page, into memory.
Status Store::load_packed(std::uint64_t object, std::uint64_t index, const Place& place) {
    const Result<Page*> page = take_page();
    if (!page)
        return fail(page.error());
    const Status expanded = expand(place, (*page)->memory);
    if (expanded)
        cache_.enter(**page, object, index, PageState::Clean);
    else
        cache_.give_back(**page);
    counters_.damaged_pages += !expanded && expanded.error() == Problem::Damaged;
    return expanded;
}

// Reads those of `count` pages from `index` on that are on disk and not in memory. Errors are those of the first;
// others are simply not brought in.
Status Store::load(std::uint64_t object, const PageMap& pages, std::uint64_t index, std::uint32_t count) {
    Page* taken[read_pages_max];
    std::uint64_t indices[read_pages_max];
    block::Piece pieces[read_pages_max];
    std::uint32_t found = 0;
    Status first;
    for (std::uint32_t i = 0; i < count && found < read_pages_max; i++) {
        const Place* const place = pages.find(index + i);
        if (!place || cache_.find(object, index + i))
            continue;
        if (place->is_packed()) {
            const Status expanded = load_packed(object, index + i, *place);
            if (i == 0)
                first = expanded;
            continue;
        }
        const Result<Page*> page = take_page();
        if (!page && found == 0)
            return fail(page.error());
        if (!page)
            break;
        taken[found] = *page;
        pieces[found] = {(*page)->memory, (*page)->device_address, page_bytes};
        indices[found++] = index + i;
    }
    // One transfer for each run of neighbours, so that a failure is of those alone; all are under way together.
    Transfer transfers[read_pages_max];
    std::uint32_t owner[read_pages_max];
    for (std::uint32_t i = 0, run; i < found; i += run) {
        const std::uint64_t sector = pages.find(indices[i])->sector;
        for (run = 1; i + run < found && pages.find(indices[i + run])->sector == sector + run * page_sectors; run++)
            ;
        for (std::uint32_t j = 0; j < run; j++)
            owner[i + j] = i;
        disk_.start(block::Operation::Read, 0, sector * sector_bytes, {pieces + i, run}, transfers[i]);
    }
    for (std::uint32_t i = 0; i < found; i++) {
        const Status read = disk_.finish(transfers[owner[i]]);
        const Status status = load_again(*pages.find(indices[i]), *taken[i], read.has_value());
        if (status)
            cache_.enter(*taken[i], object, indices[i], PageState::Clean);
        else
            cache_.give_back(*taken[i]);
        if (i == 0 && indices[0] == index)
            first = status;
    }
    return first;
}

Result<const std::byte*> Store::read_page(std::uint64_t object, std::uint64_t index) {
    if (const Page* const page = cache_.find(object, index))
        return page->memory;
    const Object* const found = find_object(object);
    if (!found || !found->pages.find(index))
        return nullptr;
    if (const Status loaded = load(object, found->pages, index, 1); !loaded)
        return fail(loaded.error());
    return cache_.find(object, index)->memory;
}

void Store::read_ahead(std::uint64_t object, std::uint64_t index, std::uint32_t count) {
    const Object* const found = find_object(object);
    if (cache_.find(object, index))
        return;
    for (std::uint32_t done = 0; found && done < count; done += read_pages_max)
        (void)load(object, found->pages, index + done, count - done < read_pages_max ? count - done : read_pages_max);
}

} // namespace exo::store
