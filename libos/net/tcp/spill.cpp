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
    for (std::size_t tries = 0; tries < count_; tries++) {
        if (Packet* const packet = chunks_[last_]->pool.allocate())
            return packet;
        last_ = (last_ + 1) % count_;
    }
    if (!add_chunk())
        return nullptr;
    last_ = count_ - 1;
    return chunks_[last_]->pool.allocate();
}

std::size_t Spill::used() const {
    std::size_t packets = 0;
    for (const Chunk* const chunk : std::span(chunks_).first(count_))
        packets += chunk_packets - chunk->pool.free_count();
    return packets;
}

} // namespace exo::net
