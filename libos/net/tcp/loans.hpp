// Octets of a program's own memory on their way to peers: lent to a stream, not copied into packets. A port that was
// lent that memory (lend_frames.hpp) has its NIC read them where they lie; another one gets them copied when a segment
// of them is sent. Whoever holds the octets hears when neither TCP nor a NIC needs them any more, and may not change
// them before. Belongs to the vcore that polls the network.
#pragma once

#include "libos/net/packet.hpp"

namespace exo::net {

class TcpLoans {
public:
    static constexpr std::size_t octets_max = 0xffff; // of one loan

    TcpLoans() = default;
    TcpLoans(const TcpLoans&) = delete;
    TcpLoans& operator=(const TcpLoans&) = delete;
    // None is out any more.
    ~TcpLoans();

    // At most so many at once; `let_go` hears of the end of each. False: there is no memory.
    bool open(std::size_t most, void (*let_go)(void* holder));
    // A packet for TcpStream::send, of 1 to octets_max octets. One that was not sent is released as any other. Null:
    // all are out.
    Packet* lend(std::span<const std::byte> octets, void* holder);
    // Tells of those that are over.
    void reclaim();
    // Loans that were not told of.
    std::size_t out() const { return out_; }

private:
    struct Book {
        void* holder;
        std::uint64_t frames_before; // these are to be back first
        Packet* next_over;
    };
    Book& book_of(const Packet& packet) { return books_[&packet - packets_.data()]; }
    bool has_released() const { return pool_.first_free() && pool_.first_free()->buffer; }
    void note_released();

    PacketPool pool_; // those that were used and not looked at since come first, and have a buffer
    std::span<Packet> packets_;
    Book* books_ = nullptr;
    Packet* first_over_ = nullptr; // TCP is done with them
    Packet* last_over_ = nullptr;
    void (*let_go_)(void* holder) = nullptr;
    std::size_t out_ = 0;
};

} // namespace exo::net
