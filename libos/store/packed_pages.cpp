// Pages enter when a record names them, and leave with their last stream.
#include "libos/store/packed_pages.hpp"

namespace exo::store {

PackedPages::~PackedPages() {
    table_.each([&](PackedPage& page) {
        table_.remove(page);
        heap_delete(&page);
    });
    while (PackedPage* const page = spare_) {
        spare_ = page->next_in_table;
        heap_delete(page);
    }
}

bool PackedPages::prepare(std::uint32_t count) {
    for (; spare_count_ < count; spare_count_++) {
        auto* const page = heap_new<PackedPage>();
        if (!page)
            return false;
        page->next_in_table = spare_;
        spare_ = page;
    }
    return true;
}

PackedPage* PackedPages::find(std::uint64_t sector) const {
    return table_.find(mixed(sector), [&](const PackedPage& page) { return page.sector == sector; });
}

bool PackedPages::add(std::uint64_t sector, std::uint64_t checksum) {
    PackedPage* page = find(sector);
    if (page && page->streams)
        return false;
    if (!page) {
        page = spare_;
        spare_ = page->next_in_table;
        spare_count_--;
        page->sector = sector;
        table_.insert(*page);
    }
    page->checksum = checksum;
    return true;
}

bool PackedPages::knows(const Place& place) const {
    for (std::uint32_t i = 0; i < place.stream_pages(); i++)
        if (!find(place.stream_sector() + i * page_sectors))
            return false;
    return true;
}

void PackedPages::retain(const Place& place) {
    streams_++;
    for (std::uint32_t i = 0; i < place.stream_pages(); i++) {
        PackedPage& page = *find(place.stream_sector() + i * page_sectors);
        if (page.streams++ == 0)
            segments_.add_live(page.sector, 1);
    }
}

void PackedPages::release(const Place& place, std::uint64_t killed_by) {
    streams_--;
    for (std::uint32_t i = 0; i < place.stream_pages(); i++) {
        PackedPage& page = *find(place.stream_sector() + i * page_sectors);
        if (--page.streams)
            continue;
        segments_.remove_live(page.sector, 1, killed_by);
        table_.remove(page);
        heap_delete(&page);
    }
}

} // namespace exo::store
