// Where octets go when a port's packets run low, those that a program leaves unread and those that it writes: packets
// in the kit's heap, which no device reaches. So connections that either side does not read cost memory, as they do
// elsewhere, and keep no other one from being served.
#pragma once

#include "libos/net/packet.hpp"

#include <array>

namespace exo::net {

// Whether a pool has so few packets left that nobody is to keep any for long: less than a quarter.
inline bool runs_low(const PacketPool& pool) {
    return pool.free_count() < pool.count() / 4;
}

// Takes memory as it is needed, up to a bound, and keeps it for the next time.
class Spill {
public:
    Spill() = default;
    Spill(const Spill&) = delete;
    Spill& operator=(const Spill&) = delete;

    // Makes sure that so many octets find room in empty packets. False: the bound is reached, or there is no memory.
    bool reserve(std::size_t octets);
    // An empty packet; one that was reserved is there. Null: see reserve.
    Packet* allocate();
    // Packets that are out.
    std::size_t used() const;

    static constexpr std::size_t chunk_packets = 64, chunks_max = 256; // 32 MiB

private:
    struct Chunk {
        PacketPool pool;
        std::array<Packet, chunk_packets> books;
        std::byte memory[chunk_packets * packet_buffer_bytes];
    };

    bool add_chunk();

    std::array<Chunk*, chunks_max> chunks_{};
    std::size_t count_ = 0;
    std::size_t last_ = 0; // that had a packet
};

} // namespace exo::net
