// See page_cache.hpp.
#include "examples/libos-web/page_cache.hpp"

#include "libos/coding/checksum.hpp"
#include "libos/memory/heap.hpp"

#include <algorithm>
#include <cstring>

namespace web {

namespace {

using exo::net::Packet;

template <typename T>
std::span<T> many(std::size_t count) {
    void* const memory = exo::heap_allocate(count * sizeof(T));
    if (!memory)
        return {};
    return {static_cast<T*>(std::memset(memory, 0, count * sizeof(T))), count};
}

} // namespace

const char* PageCache::open(exo::block::Device& device, std::uint64_t site_pages, std::uint32_t pages,
                            std::uint32_t views) {
    device_ = &device;
    pages = static_cast<std::uint32_t>(std::min<std::uint64_t>(pages, site_pages));
    memory_ = device.allocate(pages * page_bytes);
    pages_ = many<Page>(pages);
    where_ = many<std::uint32_t>(site_pages);
    const std::span<Packet> books = many<Packet>(std::size_t{pages} * slots_per_page), shown = many<Packet>(views);
    if (!memory_.address || pages_.empty() || where_.empty() || books.empty() || shown.empty())
        return "there is no memory for the documents";
    for (std::uint32_t& where : where_)
        where = nowhere;
    packets_.open_dealt({memory_.address, memory_.bytes}, memory_.device_address, books);
    views_.open(packets_, shown);
    return nullptr;
}

std::uint32_t PageCache::make_room() {
    if (unused_ < pages_.size())
        return unused_++;
    views_.reclaim();
    // Twice around: the first time takes the marks of use away.
    for (std::size_t looked = 0; looked < 2 * pages_.size(); looked++) {
        const std::uint32_t index = hand_;
        hand_ = hand_ + 1 < pages_.size() ? hand_ + 1 : 0;
        Page& page = pages_[index];
        if (page.state == PageState::Reading || is_shown(index))
            continue;
        if (!page.used) {
            where_[page.number] = nowhere;
            return index;
        }
        page.used = false;
    }
    return nowhere;
}

PageState PageCache::want(std::uint64_t number) {
    if (where_[number] != nowhere) {
        Page& page = pages_[where_[number]];
        page.used = true;
        return page.state;
    }
    if (reading_ == device_->queue_depth())
        return PageState::Absent;
    const std::uint32_t index = make_room();
    if (index == nowhere)
        return PageState::Absent;
    exo::block::Command command;
    command.tag = index;
    command.operation = exo::block::Operation::Read;
    command.first_block = number * (page_bytes / device_->block_bytes());
    command.block_count = page_bytes / device_->block_bytes();
    command.piece = {memory_.address + std::size_t{index} * page_bytes,
                     memory_.device_address + std::uint64_t{index} * page_bytes, page_bytes};
    pages_[index] = {number, PageState::Damaged, true};
    where_[number] = index;
    if (device_->submit({&command, 1}) == 1) {
        pages_[index].state = PageState::Reading;
        reading_++;
    }
    return pages_[index].state;
}

// Makes packets of a page that came, if it is what was written.
PageState PageCache::check(std::uint32_t index) {
    for (std::uint32_t slot = 0; slot < slots_per_page; slot++) {
        Packet& packet = this->packet(index, slot);
        SlotEnd end;
        std::memcpy(&end, packet.buffer + slot_end, sizeof end);
        if (end.octets == 0 && slot != 0) // the last page of a document
            break;
        using exo::coding::crc32c;
        if (end.octets == 0 || end.octets > slot_octets_max ||
            crc32c(crc32c(0, packet.buffer, end.octets), &end, offsetof(SlotEnd, crc)) != end.crc)
            return PageState::Damaged;
        packet.offset = 0;
        packet.length = end.octets;
        packet.flags = exo::net::packet_flag::sum_known;
        packet.checksum_start = end.sum;
    }
    pages_read_++;
    return PageState::Ready;
}

std::size_t PageCache::poll() {
    exo::block::Completion done[32];
    const std::size_t count = reading_ ? device_->poll(done) : 0;
    for (std::size_t i = 0; i < count; i++) {
        const auto index = static_cast<std::uint32_t>(done[i].tag);
        pages_[index].state = done[i].status == exo::block::Status::Done ? check(index) : PageState::Damaged;
    }
    reading_ -= static_cast<std::uint32_t>(count);
    return count;
}

} // namespace web
