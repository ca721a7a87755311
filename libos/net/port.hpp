// A NIC, however it is bound: a whole function with the driver linked in, or flows of one that the kernel shares out.
// What is above cannot tell which. Polled by its owner's vcore; no call blocks but `sleep`.
#pragma once

#include "libos/net/lent_memory.hpp"
#include "secure-bindings/abi/flow.hpp"

#include <array>
#include <span>

namespace exo::net {

using MacAddress = std::array<std::uint8_t, 6>;

// What a port can do beside carrying frames.
namespace port_offer {
inline constexpr std::uint32_t transmit_checksum = 1u << 0; // packet_flag::checksum_needed is understood
inline constexpr std::uint32_t receive_checksum = 1u << 1;  // packet_flag::checksum_good may come
inline constexpr std::uint32_t chained_transmit = 1u << 2;  // frames may lie in up to frame_pieces_max packets
} // namespace port_offer
inline constexpr std::size_t frame_pieces_max = 8;

struct PortCounters {
    std::uint64_t received_packets = 0, received_octets = 0;
    std::uint64_t sent_packets = 0, sent_octets = 0;
    std::uint64_t dropped = 0; // received, but malformed by the device's own account
};

class Port {
public:
    // What it is, for those above: fixed once open.
    const MacAddress& address() const { return address_; }
    // Largest frame without FCS and VLAN tag, header included: 1514 on Ethernet of 1500.
    std::uint16_t frame_octets_max() const { return frame_octets_max_; }
    std::uint32_t offers() const { return offers_; }
    const PortCounters& counters() const { return counters_; }
    // Null while it works; else why nothing comes and goes any more, in words: the device broke its rules.
    const char* problem() const { return problem_; }
    // Whether packets of an IP protocol with a local port of this side come and go here: always over a whole NIC, else
    // if one of the flows holds them.
    bool carries(std::uint8_t protocol, std::uint16_t local_port) const {
        for (const FlowSpec& flow : held_)
            if ((flow.ether_type == 0 || flow.ether_type == ether_type_ipv4) &&
                (flow.protocol == 0 || flow.protocol == protocol) && flow.local_port <= local_port &&
                local_port <= flow.local_port_end)
                return true;
        return held_.empty();
    }
    // Packets that this port's NIC reaches.
    PacketPool& pool() { return *pool_; }
    // Lets the NIC read the packets of one more pool where they lie, as long as the port is open: what is sent out of
    // them is sent without a copy. Their buffers are whole pages, and device addresses physical ones. False: it cannot
    // be, or another pool is lent already.
    bool lend(PacketPool& pool) {
        const std::span<Packet> packets = pool.packets();
        if (lent_ || packets.empty() || !reach(packets[0].device_address, packets.size() * packet_buffer_bytes))
            return false;
        lent_ = &pool;
        return true;
    }
    // Lets the NIC read those blocks of `memory` that are marked as lent, as long as the port is open; the mark of one
    // that it cannot read is taken away. Device addresses are physical ones.
    void lend(LentMemory& memory) {
        for (std::size_t block = 0; block < memory.blocks(); block++)
            if (memory.is_lent(block))
                memory.set_lent(block, reach(block * LentMemory::block_bytes, LentMemory::block_bytes));
        lent_memory_ = &memory;
    }
    // Null: none was lent.
    LentMemory* lent_memory() const { return lent_memory_; }
    // The packet, of either pool, whose buffer an octet lies in; null: the NIC does not reach it.
    Packet* containing(const std::byte* octet) const {
        Packet* const packet = pool_->containing(octet);
        return packet || !lent_ ? packet : lent_->containing(octet);
    }

    // Takes up to `into.size()` frames that have come; the caller owns them. Refills the ring behind itself. Polls
    // once.
    virtual std::size_t receive(std::span<Packet*> into) = 0;
    // Gives frames to the NIC in order and rings once; returns how many it took (the first ones). The port releases
    // them when the NIC is done. What it did not take stays the caller's: the ring is full, or the link is broken.
    virtual std::size_t send(std::span<Packet* const> frames) = 0;
    // Sleeps until a frame has come or the TSC has reached `deadline_tsc` (0: none): arms the NIC's interrupt, looks
    // once more, waits. Polling owners never call it, and take no interrupt.
    virtual void sleep(std::uint64_t deadline_tsc) = 0;

protected:
    ~Port() = default;
    // Lets the NIC read memory of the environment. False: this one cannot.
    virtual bool reach(std::uint64_t device_address, std::size_t bytes);

    MacAddress address_{};
    std::uint16_t frame_octets_max_ = 1514;
    std::uint32_t offers_ = 0;
    PortCounters counters_;
    const char* problem_ = nullptr;
    PacketPool* pool_ = nullptr;
    PacketPool* lent_ = nullptr;
    LentMemory* lent_memory_ = nullptr;
    std::span<const FlowSpec> held_; // empty: everything
};

inline bool Port::reach(std::uint64_t, std::size_t) {
    return false;
}

} // namespace exo::net
