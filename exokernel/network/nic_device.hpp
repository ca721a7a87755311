// The device half of a shared NIC: a driver of drivers/ brought up in ring 0 over a NicMemory, with one receive and one
// transmit queue. Buffers never leave the kernel: what is received is copied out, what is sent is copied in.
#pragma once

#include "drivers/virtio-net/control.hpp"
#include "drivers/virtio-net/queue.hpp"
#include "exokernel/network/nic_memory.hpp"

#include <span>

namespace exo {

inline constexpr std::uint16_t nic_receive_vector = 0;
inline constexpr std::uint16_t nic_transmit_vector = 1;

// What a device is asked to sum: from `start` to the end of the frame, into the field at start + offset.
struct ChecksumRequest {
    bool wanted = false;
    std::uint16_t start = 0;
    std::uint16_t offset = 0;
};

class NicDevice {
public:
    // Brings the device up; it receives at once. Errors: Unsupported (no driver for it), TimedOut, TableFull (memory).
    Status open(std::uint32_t function, NicMemory& memory);
    // Tells the device to stop. What follows is function_release.
    void close();

    const std::array<std::uint8_t, 6>& address() const { return control_.facts().mac; }
    std::uint16_t mtu() const { return control_.facts().mtu; }
    bool sums() const { return control_.facts().has(virtio_net::feature::checksum); }
    // Set once the device broke a rule: it receives and sends nothing any more.
    bool is_broken() const { return receive_.ring.is_broken() || transmit_.ring.is_broken(); }

    // Frames that take() may be called for.
    std::uint32_t pending() { return receive_.ring.pending(); }
    struct Frame {
        std::byte* octets; // null: none, or the device lied
        std::uint16_t length;
        bool checksum_good;
        void* token;
    };
    Frame take();
    // The frame has been dealt with: its buffer is the device's again at the next flush.
    void give_back(const Frame& frame);

    // A buffer of nic_frame_room octets for a frame to be sent; null while the wire is full.
    std::byte* transmit_room();
    // Sends what was written into transmit_room, at the next flush.
    void send(std::uint16_t length, const ChecksumRequest& checksum);
    // Tells the device of everything since the last time.
    void flush();
    // Takes back what has been sent; true when something was.
    bool reclaim();

    // One interrupt at the next frame received; then look again. Or none.
    void want_receive_interrupt(bool wanted);
    void want_transmit_interrupt(bool wanted);

private:
    static constexpr std::uint16_t buffers = 256;
    static constexpr std::uint32_t buffer_bytes = 2048;

    std::uint64_t device_address(const std::byte* buffer) const {
        return buffers_device_ + static_cast<std::uint64_t>(buffer - buffers_);
    }
    virtio::Expected<void> set_up_queues();
    bool can_send() const;

    virtio::Environment surroundings_{};
    virtio_net::Control control_;
    virtio_net::ReceiveQueue<virtio_net::SplitRing> receive_;
    virtio_net::TransmitQueue<virtio_net::SplitRing> transmit_;
    std::byte* buffers_ = nullptr; // of both directions
    std::uint64_t buffers_device_ = 0;
    std::byte* free_[buffers] = {}; // of the transmit direction
    std::uint16_t free_count_ = 0;
    bool transmit_offered_ = false;
    std::byte* idle_[buffers] = {}; // of the receive direction, to be offered
    std::uint16_t idle_count_ = 0;
};

// Octets of the longest frame that is sent or received.
inline constexpr std::size_t nic_frame_room = 2048 - virtio_net::header_bytes;

} // namespace exo
