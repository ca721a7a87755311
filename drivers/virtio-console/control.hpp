// The control queues of a virtio console: fixed-size messages both ways. What the messages mean is console.hpp's.
#pragma once

#include "drivers/virtio-console/spec.hpp"
#include "drivers/virtio/split_queue.hpp"

#include <string_view>

namespace exo::virtio_console {

inline constexpr std::uint16_t control_queue_size = 32;
inline constexpr std::size_t control_buffer_bytes = 128;
inline constexpr std::size_t name_bytes_max = 64;

// A received message, copied out of the device's reach. The name is empty unless the event is port_name.
struct ReceivedControl {
    ControlMessage message{};
    char name_text[name_bytes_max] = {};
    std::size_t name_bytes = 0;

    std::string_view name() const { return {name_text, name_bytes}; }
};

class Control {
public:
    virtio::Expected<void> set_up(const virtio::Environment& environment, virtio::Transport& transport);
    // Gives the device its receive buffers, after the transport was started.
    virtio::Expected<void> start();

    // Sends a message, waiting for room at most `timeout_us`.
    virtio::Expected<void> send(const ControlMessage& message, std::uint64_t timeout_us);
    // True when there was a message. A malformed one is a BadMessage.
    virtio::Expected<bool> receive(ReceivedControl& received);

private:
    virtio::Expected<void> lend(std::uint16_t buffer);

    const virtio::Environment* environment_ = nullptr;
    virtio::SplitQueue receive_queue_;
    virtio::SplitQueue transmit_queue_;
    virtio::DmaBuffer receive_memory_{};
    virtio::DmaBuffer transmit_memory_{};
    std::uint16_t received_into_[control_queue_size] = {};
    std::uint16_t next_transmit_ = 0; // buffers are reused in turn: only as many chains as buffers are in flight
};

} // namespace exo::virtio_console
