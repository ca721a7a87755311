// A queue pair of a virtio NIC as a port, over either ring. The class is final: a program that names it instead of
// `Port` calls it directly. Nothing here enters the kernel but opening and `sleep`.
#pragma once

#include "drivers/virtio-net/queue.hpp"
#include "libos/event/events.hpp"
#include "libos/net/port.hpp"
#include "libos/net/virtio_nic.hpp"

namespace exo::net {

template <typename Ring>
class VirtioPort final : public Port {
public:
    VirtioPort() = default;
    VirtioPort(const VirtioPort&) = delete; // the NIC and the event table refer to it where it stands
    VirtioPort& operator=(const VirtioPort&) = delete;

    // Opens queue pair `pair` of a NIC that is open and not started, for `vcore`. Null, or what went wrong.
    const char* open(VirtioNic& nic, std::uint16_t pair, std::size_t vcore = 0);
    // After VirtioNic::start: gives the NIC its first rooms.
    void begin() { refill(); }

    std::size_t receive(std::span<Packet*> into) override;
    std::size_t send(std::span<Packet* const> frames) override;
    void sleep(std::uint64_t deadline_tsc) override;

private:
    bool reach(std::uint64_t device_address, std::size_t bytes) override;
    // The device's header lies directly before the frame.
    static constexpr std::uint16_t header_offset = packet_headroom - virtio_net::header_bytes;
    // Rooms are refilled, and sent packets released, that many at a time.
    static constexpr std::uint16_t batch = 32;

    const char* open_queue(VirtioNic& nic, Ring& ring, std::uint16_t queue, std::uint16_t vector);
    // Not on every call, so it is they that save registers, and the data path saves none.
    [[clang::preserve_most]] void refill();
    [[clang::preserve_most]] void release_sent();
    [[clang::preserve_most]] bool offer_special(std::uint32_t slot, Packet& frame);
    Packet* finish_received(Packet* first);
    std::size_t receive_with_headers(std::span<Packet*> into);
    [[gnu::always_inline]] void end_receiving(std::size_t count, std::uint64_t octets) {
        counters_.received_packets += count;
        counters_.received_octets += octets;
        if (receive_.ring.in_flight() <= refill_at_) [[unlikely]]
            refill();
        if (count == 0 && receive_.ring.is_broken()) [[unlikely]]
            note_problem(receive_.ring);
    }
    [[clang::preserve_most, gnu::noinline]] void note_problem(const Ring& ring) {
        if (ring.is_broken() && !problem_) [[unlikely]]
            problem_ = virtio::describe(ring.problem());
    }

    virtio_net::ReceiveQueue<Ring> receive_;
    virtio_net::TransmitQueue<Ring> transmit_;
    bool plain_headers_ = true;   // nothing of a received header matters
    std::uint32_t refill_at_ = 0; // that many rooms left
    VirtioNic* nic_ = nullptr;
    PacketPool packets_;
    PacketMemory memory_;
    EventWaiter waiter_;
    std::uint32_t vector_ = 0;
    bool armed_ = false;          // an interrupt may come
    std::byte* tables_ = nullptr; // of frames in several pieces, one a slot
    std::uint64_t tables_address_ = 0;
};

extern template class VirtioPort<virtio_net::SplitRing>;
extern template class VirtioPort<virtio_net::PackedRing>;
using SplitVirtioPort = VirtioPort<virtio_net::SplitRing>;
using PackedVirtioPort = VirtioPort<virtio_net::PackedRing>;

} // namespace exo::net
