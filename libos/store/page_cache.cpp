// Memory comes in chunks of 1 MiB from the disk and goes back when the cache ends.
#include "libos/store/page_cache.hpp"

#include "libos/store/format.hpp"

namespace exo::store {

namespace {
constexpr std::uint32_t chunk_bytes = 1u << 20, chunk_pages = chunk_bytes / page_bytes;
}

PageCache::~PageCache() {
    while (chunks_) {
        Chunk* const next = chunks_->next;
        disk_.release(chunks_->memory);
        heap_free(chunks_->pages);
        heap_delete(chunks_);
        chunks_ = next;
    }
}

bool PageCache::open(std::uint64_t bytes_max) {
    chunks_left_ = (bytes_max + chunk_bytes - 1) / chunk_bytes;
    return table_.open(1024) && grow();
}

bool PageCache::grow() {
    if (!chunks_left_)
        return false;
    auto* const pages = static_cast<Page*>(heap_allocate(chunk_pages * sizeof(Page)));
    auto* const chunk = heap_new<Chunk>();
    const block::Piece memory = pages && chunk ? disk_.allocate(chunk_bytes) : block::Piece{};
    if (!memory.address) {
        if (pages)
            heap_free(pages);
        heap_delete(chunk);
        return false;
    }
    *chunk = {memory, pages, chunks_};
    chunks_ = chunk;
    chunks_left_--;
    for (std::uint32_t i = 0; i < chunk_pages; i++) {
        new (&pages[i]) Page{.memory = memory.address + i * page_bytes,
                             .device_address = memory.device_address + i * page_bytes,
                             .older = free_};
        free_ = &pages[i];
    }
    return true;
}

void PageCache::link(Page& page) {
    page.newer = nullptr;
    page.older = newest_;
    (newest_ ? newest_->newer : oldest_) = &page;
    newest_ = &page;
}

void PageCache::unlink(Page& page) {
    (page.newer ? page.newer->older : newest_) = page.older;
    (page.older ? page.older->newer : oldest_) = page.newer;
}

Page* PageCache::find(std::uint64_t object, std::uint64_t index) {
    Page* const page = table_.find(Page::hash_of(object, index),
                                   [&](const Page& item) { return item.index == index && item.object == object; });
    page ? hits_++ : misses_++;
    if (page && page->state == PageState::Clean && page != newest_) {
        unlink(*page);
        link(*page);
    }
    return page;
}

Page* PageCache::take() {
    if (!free_ && !grow() && oldest_)
        forget(*oldest_);
    Page* const page = free_;
    if (page)
        free_ = page->older;
    return page;
}

void PageCache::enter(Page& page, std::uint64_t object, std::uint64_t index, PageState state) {
    page.object = object;
    page.index = index;
    page.state = state;
    table_.insert(page);
    if (state == PageState::Clean)
        link(page);
}

void PageCache::set_state(Page& page, PageState state) {
    if (page.state == PageState::Forgotten)
        return give_back(page);
    if (page.state == PageState::Clean)
        unlink(page);
    page.state = state;
    if (state == PageState::Clean)
        link(page);
}

void PageCache::forget(Page& page) {
    table_.remove(page);
    if (page.state == PageState::Writing) {
        page.state = PageState::Forgotten;
        return;
    }
    if (page.state == PageState::Clean)
        unlink(page);
    give_back(page);
}

void PageCache::give_back(Page& page) {
    page.state = PageState::Free;
    page.older = free_;
    free_ = &page;
}

} // namespace exo::store
