// One port of a virtio console: a queue that fills buffers from the host and a queue that empties buffers to it.
// Knows nothing of names or of the control queue; those are console.hpp's. One thread at a time.
#pragma once

#include "drivers/virtio/split_queue.hpp"

namespace exo::virtio_console {

inline constexpr std::size_t port_buffer_bytes = 4096;
inline constexpr std::uint16_t port_queue_size = 16;
inline constexpr std::size_t receive_buffers = 4;
inline constexpr std::size_t transmit_buffers = 8;
static_assert(receive_buffers <= port_queue_size && transmit_buffers <= port_queue_size);

class Port {
public:
    // Sets up both queues. The transport must not have been started.
    virtio::Expected<void> set_up(const virtio::Environment& environment, virtio::Transport& transport,
                                  std::uint32_t number);
    // Gives the device its receive buffers. The transport must have been started.
    virtio::Expected<void> start();

    // Copies received bytes out; 0 when there are none now.
    virtio::Expected<std::size_t> receive(std::span<std::byte> destination);
    // Copies as many bytes as there are free buffers for and gives them to the device; 0 when there are none.
    virtio::Expected<std::size_t> transmit(std::span<const std::byte> source);
    // Whether the device still holds bytes to send.
    virtio::Expected<bool> is_transmitting();

private:
    // A received buffer whose bytes have not all been handed out.
    struct Filled {
        std::uint8_t buffer;
        std::uint32_t bytes;
    };

    virtio::Expected<void> lend_for_receiving(std::uint8_t buffer);
    virtio::Expected<void> collect_received();
    virtio::Expected<void> collect_transmitted();

    virtio::SplitQueue receive_queue_;
    virtio::SplitQueue transmit_queue_;
    virtio::DmaBuffer receive_buffer_[receive_buffers] = {};
    virtio::DmaBuffer transmit_buffer_[transmit_buffers] = {};
    // Which buffer a chain in flight carries.
    std::uint8_t received_into_[port_queue_size] = {};
    std::uint8_t transmitted_from_[port_queue_size] = {};

    Filled filled_[receive_buffers] = {}; // oldest first
    std::size_t filled_count_ = 0;
    std::uint32_t filled_offset_ = 0; // into the oldest
    std::uint8_t free_transmit_[transmit_buffers] = {};
    std::size_t free_transmit_count_ = 0;
};

} // namespace exo::virtio_console
