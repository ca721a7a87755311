// An Intel 82574L as a port, with the whole function owned. The class is final: a program that names it instead of
// `Port` calls it directly. Nothing here enters the kernel but opening and `sleep`.
#pragma once

#include "drivers/e1000e/control.hpp"
#include "drivers/e1000e/queue.hpp"
#include "libos/event/events.hpp"
#include "libos/net/packet_memory.hpp"
#include "libos/net/port.hpp"
#include "libos/net/port_wishes.hpp"

namespace exo::net {

class E1000ePort final : public Port {
public:
    E1000ePort() = default;
    E1000ePort(const E1000ePort&) = delete; // the event table refers to it where it stands
    E1000ePort& operator=(const E1000ePort&) = delete;

    // Brings the NIC up, for the calling vcore. Null, or what went wrong, in words.
    const char* open(const StartFunction& granted, const PortWishes& wishes);

    std::size_t receive(std::span<Packet*> into) override;
    std::size_t send(std::span<Packet* const> frames) override;
    void sleep(std::uint64_t deadline_tsc) override;

private:
    bool reach(std::uint64_t device_address, std::size_t bytes) override;
    // Rooms are refilled, and sent packets released, that many at a time.
    static constexpr std::uint16_t batch = 32;
    static constexpr std::uint32_t vector = 0;

    const char* open_rings(const PortWishes& wishes);
    void refill();
    void release_sent();
    bool offer_pieces(Packet& frame);

    e1000e::ReceiveQueue receive_;
    e1000e::TransmitQueue transmit_;
    std::uint32_t refill_at_ = batch;
    bool armed_ = false; // an interrupt may come
    PacketPool packets_;
    PacketMemory memory_;
    EventWaiter waiter_;
    Function function_;
    e1000e::Control control_;
    volatile std::byte* registers_ = nullptr;
};

} // namespace exo::net
