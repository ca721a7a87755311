// Pages of a site in memory that both the disk and the NICs reach: the disk writes a page there, the NIC reads its two
// slots from there, and the processor looks at them once, to check them.
#pragma once

#include "examples/libos-web/site.hpp"
#include "libos/net/packet_views.hpp"
#include "libos/net/port.hpp"

namespace web {

// What has become of a page.
enum class PageState : std::uint8_t { Absent, Reading, Ready, Damaged };

class PageCache {
public:
    // `pages` of memory at most, and as many views as can be out at once. Null, or what is wrong, in words.
    const char* open(exo::block::Device& device, std::uint64_t site_pages, std::uint32_t pages, std::uint32_t views);
    // Lets a NIC read it where it lies. Where that is not possible, frames have copies.
    void lend_to(exo::net::Port& port) { (void)port.lend(packets_); }

    // Looks a page up; one that is absent is read if there is room for it, and a command left.
    PageState want(std::uint64_t page);
    // A packet of the slot of a page that is ready, to be sent; null: all views are out.
    exo::net::Packet* slot(std::uint64_t page, std::uint32_t slot) { return views_.show(packet(where_[page], slot)); }

    // Takes what the disk has read; how many pages came. Those who wait ask again.
    std::size_t poll();
    bool is_reading() const { return reading_ != 0; }
    std::uint64_t pages_read() const { return pages_read_; }

private:
    struct Page {
        std::uint64_t number; // of the site
        PageState state;
        bool used; // since the hand passed
    };
    static constexpr std::uint32_t nowhere = ~0u;

    exo::net::Packet& packet(std::uint32_t index, std::uint32_t slot) {
        return packets_.packets()[index * slots_per_page + slot];
    }
    bool is_shown(std::uint32_t index) { return packet(index, 0).references || packet(index, 1).references; }
    // A page's memory that nobody needs; nowhere: there is none now.
    std::uint32_t make_room();
    PageState check(std::uint32_t index);

    exo::block::Device* device_ = nullptr;
    exo::block::Piece memory_;
    std::span<Page> pages_;
    std::span<std::uint32_t> where_; // in pages_, a page of the site
    std::uint32_t hand_ = 0, reading_ = 0, unused_ = 0;
    std::uint64_t pages_read_ = 0;
    exo::net::PacketPool packets_;
    exo::net::PacketViews views_;
};

} // namespace web
