// See views.hpp. The port releases a frame's first packet, its header, and then drops one reference of the first view;
// the stack holds the other one, so a view without references belongs to the stack again, and so do those behind it.
#include "libos/net/tcp/views.hpp"

namespace exo::net {

void Views::open() {
    free_ = first_watched_ = last_watched_ = nullptr;
    for (View& view : views_) {
        view.next = free_;
        free_ = &view;
    }
    free_count_ = views_max;
    frames_back_ = frames_shown_;
}

Views::View* Views::take(Packet& shown) {
    if (!free_)
        reclaim();
    View* const view = free_;
    if (!view)
        return nullptr;
    free_ = view->next;
    free_count_--;
    shown.references++;
    return view;
}

Packet* Views::show(Packet& shown, const std::byte* at, std::size_t octets) {
    View* const view = take(shown);
    if (!view)
        return nullptr;
    *view = {.packet = {.buffer = shown.buffer,
                        .device_address = shown.device_address,
                        .capacity = shown.capacity,
                        .offset = static_cast<std::uint16_t>(at - shown.buffer),
                        .length = static_cast<std::uint16_t>(octets),
                        .flags = 0,
                        .checksum_start = 0,
                        .checksum_offset = 0,
                        .references = 1,
                        .next = nullptr,
                        .pool = shown.pool,
                        .cookie = {}},
             .shown = &shown,
             .next = nullptr};
    if ((shown.flags & packet_flag::sum_known) && at == shown.data() && octets == shown.length) {
        view->packet.flags = packet_flag::sum_known;
        view->packet.checksum_start = shown.checksum_start;
    }
    return &view->packet;
}

Packet* Views::show(LentMemory& memory, const std::byte* at, std::size_t octets) {
    View* const view = take(memory.book());
    if (!view)
        return nullptr;
    view->packet = {};
    view->packet.buffer = const_cast<std::byte*>(at); // Safe: a NIC reads a frame that is sent, and nobody writes it.
    view->packet.device_address = memory.device_address(at);
    view->packet.capacity = view->packet.length = static_cast<std::uint16_t>(octets);
    view->packet.references = 1;
    view->shown = &memory.book();
    view->next = nullptr;
    lent_octets_ += octets;
    return &view->packet;
}

void Views::watch(Packet* first) {
    frames_shown_++;
    View& view = of(first);
    if (last_watched_)
        last_watched_->next = &view;
    else
        first_watched_ = &view;
    last_watched_ = &view;
}

void Views::give_back(Packet* packet) {
    while (packet) {
        View& view = of(packet);
        packet = packet->next;
        PacketPool::release(view.shown);
        view.next = free_;
        free_ = &view;
        free_count_++;
    }
}

void Views::reclaim() {
    while (first_watched_ && first_watched_->packet.references == 0) {
        View* const view = first_watched_;
        first_watched_ = view->next;
        frames_back_++;
        if (!first_watched_)
            last_watched_ = nullptr;
        give_back(&view->packet);
    }
}

} // namespace exo::net
