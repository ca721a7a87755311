// Packets that stand for other packets' octets, so that the same octets can be on their way to many peers at once: each
// has a view of its own in its queue. A view keeps what it shows from being changed until it has come back, which is
// noticed when it is used again, or at `reclaim`. Not shared between vcores.
#pragma once

#include "libos/net/packet.hpp"

namespace exo::net {

class PacketViews {
public:
    PacketViews() = default;
    PacketViews(const PacketViews&) = delete;
    PacketViews& operator=(const PacketViews&) = delete;

    // Views of packets of `shown`, one a book; all outlive this.
    void open(PacketPool& shown, std::span<Packet> books) {
        shown_ = &shown;
        pool_.open({}, 0, books, 0); // without buffers of their own
    }

    // A view of the packet as it is, which is the caller's, to be sent or released; null: all are out.
    Packet* show(Packet& packet) {
        Packet* const view = pool_.allocate();
        if (!view)
            return nullptr;
        let_go(*view);
        view->buffer = packet.buffer;
        view->device_address = packet.device_address;
        view->offset = packet.offset;
        view->length = packet.length;
        packet.references++;
        return view;
    }
    // Lets go of what views that have come back showed. After it, a packet that no view shows has no references.
    void reclaim() {
        for (Packet* view = pool_.first_free(); view && view->buffer; view = view->next)
            let_go(*view); // those below have been let go of before
    }

private:
    void let_go(Packet& view) {
        if (view.buffer)
            PacketPool::release(shown_->containing(view.buffer));
        view.buffer = nullptr;
    }

    PacketPool* shown_ = nullptr;
    PacketPool pool_;
};

} // namespace exo::net
