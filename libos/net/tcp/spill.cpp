// See spill.hpp.
#include "libos/net/tcp/spill.hpp"

#include "libos/memory/heap.hpp"

#include <span>

namespace exo::net {

bool Spill::add_chunk() {
    auto* const added = count_ < chunks_max ? heap_new<Chunk>() : nullptr;
    if (!added)
        return false;
    added->pool.open(added->memory, 0, added->books);
    chunks_[count_++] = added;
    return true;
}

bool Spill::reserve(std::size_t octets) {
    constexpr std::size_t room = packet_buffer_bytes - packet_headroom;
    const std::size_t packets = octets / room + 1;
    while (count_ * chunk_packets - used() < packets)
        if (!add_chunk())
            return false;
    return true;
}

Packet* Spill::allocate() {
    for (Chunk* const chunk : std::span(chunks_).first(count_))
        if (Packet* const packet = chunk->pool.allocate())
            return packet;
    return add_chunk() ? chunks_[count_ - 1]->pool.allocate() : nullptr;
}

std::size_t Spill::used() const {
    std::size_t packets = 0;
    for (const Chunk* const chunk : std::span(chunks_).first(count_))
        packets += chunk_packets - chunk->pool.free_count();
    return packets;
}

} // namespace exo::net
