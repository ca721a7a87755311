// See loans.hpp. TCP releases a loan when its octets are acknowledged or its connection is gone. A NIC may still have
// to send frames that show them, sent once more than needed, say; these frames are back before all that were made
// later.
#include "libos/net/tcp/loans.hpp"

#include "libos/memory/heap.hpp"
#include "libos/net/tcp/state.hpp"

namespace exo::net {

TcpLoans::~TcpLoans() {
    heap_free(packets_.data());
    heap_free(books_);
}

bool TcpLoans::open(std::size_t most, void (*let_go)(void* holder)) {
    auto* const packets = static_cast<Packet*>(heap_allocate(most * sizeof(Packet)));
    books_ = static_cast<Book*>(heap_allocate(most * sizeof(Book)));
    if (!packets || !books_) {
        heap_free(packets);
        return false;
    }
    packets_ = {packets, most};
    pool_.open({}, 0, packets_, 0); // without buffers of their own
    let_go_ = let_go;
    return true;
}

Packet* TcpLoans::lend(std::span<const std::byte> octets, void* holder) {
    if (has_released() || !pool_.first_free())
        reclaim();
    Packet* const packet = pool_.allocate();
    if (!packet)
        return nullptr;
    packet->buffer = const_cast<std::byte*>(octets.data()); // Safe: what is sent is read, and nothing else.
    packet->offset = 0;
    packet->capacity = packet->length = static_cast<std::uint16_t>(octets.size());
    book_of(*packet) = {holder, 0, nullptr};
    out_++;
    return packet;
}

// Takes those that TCP has let go of from the pool's front, until their frames are back.
void TcpLoans::note_released() {
    while (has_released()) {
        Packet* const packet = pool_.allocate();
        packet->buffer = nullptr;
        book_of(*packet).frames_before = tcp_globals().views.frames_shown();
        (last_over_ ? book_of(*last_over_).next_over : first_over_) = packet;
        last_over_ = packet;
    }
}

void TcpLoans::reclaim() {
    if (out_ == 0)
        return;
    note_released();
    Views& views = tcp_globals().views;
    views.reclaim();
    while (first_over_ && book_of(*first_over_).frames_before <= views.frames_back()) {
        Packet* const packet = first_over_;
        const Book book = book_of(*packet);
        first_over_ = book.next_over;
        if (!first_over_)
            last_over_ = nullptr;
        PacketPool::release(packet);
        out_--;
        let_go_(book.holder);
    }
}

} // namespace exo::net
