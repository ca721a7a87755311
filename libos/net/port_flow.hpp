// Flows of a NIC that the kernel shares out, as a port: one ring for all of them (flow_queue.hpp). The class is final:
// a program that names it instead of `Port` calls it directly. `receive` enters the kernel only when the ring is empty,
// `send` once a batch.
#pragma once

#include "libos/event/events.hpp"
#include "libos/net/flow_queue.hpp"
#include "libos/net/port.hpp"
#include "libos/start/start_info.hpp"

namespace exo::net {

struct FlowPortSizes {
    std::uint32_t packets = 512; // of the pool; at most flow_buffers_max
    std::uint32_t offers = 256;  // that wait for frames; powers of two within flow_slots_min and flow_slots_max
    std::uint32_t transmits = 256;
};

class FlowPort final : public Port {
public:
    FlowPort() = default;
    FlowPort(const FlowPort&) = delete; // the event table refers to it where it stands
    FlowPort& operator=(const FlowPort&) = delete;

    // Opens a ring for `flows`, all of one NIC and with Bind, for the calling vcore. Null, or what went wrong.
    const char* open(std::span<const StartFlow> flows, const FlowPortSizes& sizes = {});

    std::size_t receive(std::span<Packet*> into) override;
    std::size_t send(std::span<Packet* const> frames) override;
    void sleep(std::uint64_t deadline_tsc) override;

    // Frames that the kernel did not send, because they are outside the flows or malformed.
    std::uint64_t refused() const { return queue_.page().refused; }

private:
    const char* bind_ring(std::span<const StartFlow> flows, const FlowPortSizes& sizes);
    void offer_free();
    void release_sent();
    bool give(Packet& frame);
    // Of the buffer that a packet, or a view of one, lies in.
    static std::uint32_t number_of(const Packet& packet) {
        return static_cast<std::uint32_t>(packet.device_address / page_bytes);
    }

    Handle flow_ = no_handle;
    FlowQueue queue_;
    PacketPool packets_;
    Packet* books_ = nullptr;  // packet i is in buffer i, at "device address" i pages: what the NIC sees is the run
    Packet** given_ = nullptr; // by transmit slot: what to release when it is sent; null: an earlier slot's
    std::uint32_t slots_ = 0;  // of transmits
    std::uint32_t given_count_ = 0, released_count_ = 0;
    std::uint32_t offered_ = 0; // buffers that the kernel has
    std::uint32_t offered_max_ = 0;
    EventWaiter waiter_;
    std::array<FlowSpec, start_flows_max> specs_{};
};

} // namespace exo::net
