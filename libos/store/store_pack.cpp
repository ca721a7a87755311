// Compressed pages: made when pages are moved to the end of the log, several beside each other in one page of the disk;
// expanded when they are read. Checksums are of the pages as they lie on disk.
#include "libos/store/packer.hpp"

#include "libos/memory/bytes.hpp"

namespace exo::store {

Store::Packer::~Packer() {
    while (page_count_)
        store_.cache_.give_back(*pages_[--page_count_]);
}

Status Store::Packer::open() {
    return deflater_.open() ? Status{} : fail(Problem::NoMemory);
}

Result<bool> Store::Packer::add(std::uint64_t object, std::uint64_t index) {
    const Result<const std::byte*> page = store_.read_page(object, index);
    if (!page)
        return fail(page.error());
    const std::size_t bytes = deflater_.pack({*page, page_bytes}, stream_);
    if (!bytes)
        return false;
    if (used_ + bytes > pages_max * page_bytes || entry_count_ == entries_max)
        if (const Status flushed = flush(); !flushed)
            return fail(flushed.error());
    const StreamEntry entry{.object = object,
                            .index = index,
                            .sector = used_ / page_bytes,
                            .offset = static_cast<std::uint16_t>(used_ % page_bytes),
                            .bytes = static_cast<std::uint16_t>(bytes),
                            .zero = 0};
    for (std::size_t done = 0; done < bytes;) {
        const std::uint32_t at = (used_ + static_cast<std::uint32_t>(done)) % page_bytes;
        if (at == 0)
            if (const Status taken = take_page(); !taken)
                return fail(taken.error());
        const std::size_t left = bytes - done, room = page_bytes - at, count = left < room ? left : room;
        copy_bytes(pages_[page_count_ - 1]->memory + at, stream_ + done, count);
        done += count;
    }
    used_ += static_cast<std::uint32_t>(bytes);
    entries_[entry_count_++] = entry;
    return true;
}

Status Store::Packer::take_page() {
    const Result<Page*> taken = store_.take_page();
    if (!taken)
        return fail(taken.error());
    Page& page = **taken;
    page.object = 0;
    page.index = page_count_;
    pages_[page_count_++] = &page;
    return {};
}

Status Store::Packer::flush() {
    if (!entry_count_)
        return {};
    // In a batch of its own, so that its pages are numbered from 0.
    if (const Status committed = store_.commit(); !committed)
        return committed;
    if (!store_.packed_.prepare(page_count_))
        return fail(Problem::NoMemory);
    if (const Status room = store_.reserve(streams_room(entry_count_), page_count_, 0); !room)
        return room;
    if (const std::uint32_t rest = used_ % page_bytes)
        fill_bytes(pages_[page_count_ - 1]->memory + rest, 0, page_bytes - rest);
    for (std::uint32_t i = 0; i < page_count_; i++)
        pages_[i]->state = PageState::Forgotten;
    store_.open_batch().add_streams({pages_, page_count_}, {entries_, entry_count_});
    const Status committed = store_.commit();
    store_.counters_.packed_pages += entry_count_;
    page_count_ = entry_count_ = used_ = 0;
    return committed;
}

// What a sealed batch of streams holds lies there from now on.
void Store::place_streams(const Batch& batch) {
    for (std::uint32_t i = 0; i < batch.page_count(); i++)
        (void)packed_.add(batch.page_sector(i), batch.checksum(i)); // there is memory: it was prepared
    for (const StreamEntry& entry : batch.streams()) {
        Object* const object = find_object(entry.object);
        Place& place = *object->pages.find(entry.index);
        leave_place(place);
        place = Place::of_stream(entry.sector, entry.offset, entry.bytes);
        packed_.retain(place);
    }
    segments_[log_.segment].packed = true;
}

// The pages of a stream, one behind the other; those that were read last are not read again.
Status Store::read_stream(const Place& place) {
    for (std::uint32_t i = 0; i < place.stream_pages(); i++) {
        const PackedPage& page = *packed_.find(place.stream_sector() + i * page_sectors);
        const block::Piece to{window_.address + i * page_bytes, window_.device_address + i * page_bytes, page_bytes};
        if (held_[i].sector == page.sector && held_[i].checksum == page.checksum)
            continue;
        if (i == 0 && held_[1].sector == page.sector && held_[1].checksum == page.checksum) {
            copy_page(to.address, to.address + page_bytes);
            held_[0] = held_[1];
            continue;
        }
        held_[i] = {};
        const Result<bool> read = disk_.read_page(page.sector, to, super_.salt, page.checksum);
        if (!read)
            return fail(read.error());
        counters_.recovered_pages += *read;
        held_[i] = {page.sector, page.checksum};
    }
    return {};
}

Status Store::expand(const Place& place, std::byte* into) {
    Status status = read_stream(place);
    if (status &&
        !inflater_.unpack({window_.address + place.stream_offset(), place.stream_bytes()}, {into, page_bytes}))
        status = fail(Problem::Damaged);
    counters_.expanded_pages += status.has_value();
    return status;
}

Status Store::apply_packed(std::span<const std::byte> payload) {
    MapRecord map;
    if (!packs() || payload.size() < sizeof map)
        return fail(Problem::Unknown);
    copy_bytes(&map, payload.data(), sizeof map);
    if (map.count == 0 || map.count > map_run_max || payload.size() != sizeof map + map.count * sizeof(std::uint64_t) ||
        !geometry_.holds_pages(map.sector, map.count))
        return fail(Problem::Unknown);
    if (!packed_.prepare(static_cast<std::uint32_t>(map.count)))
        return fail(Problem::NoMemory);
    for (std::uint64_t i = 0; i < map.count; i++) {
        std::uint64_t checksum;
        copy_bytes(&checksum, payload.data() + sizeof map + i * sizeof checksum, sizeof checksum);
        if (!packed_.add(map.sector + i * page_sectors, checksum))
            return fail(Problem::Unknown);
    }
    return {};
}

Status Store::apply_streams(std::span<const std::byte> payload) {
    if (payload.empty() || payload.size() % sizeof(StreamEntry) != 0)
        return fail(Problem::Unknown);
    for (; !payload.empty(); payload = payload.subspan(sizeof(StreamEntry))) {
        StreamEntry entry;
        copy_bytes(&entry, payload.data(), sizeof entry);
        const Place place = Place::of_stream(entry.sector, entry.offset, entry.bytes);
        if (entry.bytes == 0 || entry.bytes > stream_bytes_max || entry.offset >= page_bytes || entry.index == ~0ull ||
            entry.sector >= Place::packed || !packed_.knows(place))
            return fail(Problem::Unknown);
        Object* const object = make_object(entry.object);
        Place* const at = object ? object->pages.make(entry.index) : nullptr;
        if (!at)
            return fail(Problem::NoMemory);
        object->page_count += at->sector == 0;
        packed_.retain(place); // first, for the page's last stream may lie in the same pages
        leave_place(*at);
        *at = place;
        segments_[geometry_.segment_of(entry.sector)].packed = true;
    }
    return {};
}

Status Store::pack(std::uint32_t segments) {
    if (!writable_)
        return fail(Problem::ReadOnly);
    if (!packs())
        return fail(Problem::UnknownFeature);
    const bool nested = maintaining_;
    maintaining_ = true;
    Status status = commit();
    for (; status && segments; segments--) {
        std::uint32_t victim = segments_.coldest();
        if (victim == segments_.count() &&
            log_bytes_ >= geometry_.segment_bytes) { // the log becomes data by a checkpoint
            if (status = write_checkpoint(false); !status)
                break;
            victim = segments_.coldest();
        }
        if (victim == segments_.count())
            break;
        segments_[victim].packed = true; // what is damaged stays there, and is not tried again
        status = move_pages(victim);
        if (status)
            status = commit();
        if (status && segments_.free_count(durable_) < checkpoint_segments() + 3)
            status = write_checkpoint(false);
    }
    maintaining_ = nested;
    return status;
}

} // namespace exo::store
