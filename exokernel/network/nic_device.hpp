// The device half of a shared NIC: a driver of drivers/ brought up in ring 0 over a NicMemory, and the buffers of both
// directions. Buffers never leave the kernel: what is received is copied out, what is sent is copied in.
#pragma once

#include "exokernel/network/nic_e1000e.hpp"
#include "exokernel/network/nic_virtio.hpp"

namespace exo {

class NicDevice {
public:
    // Brings the device up; it receives at once. Errors: Unsupported (no driver for it), TimedOut, TableFull (memory).
    Status open(std::uint32_t function, NicMemory& memory);
    // Tells the device to stop. What follows is function_release.
    void close();

    const std::array<std::uint8_t, 6>& address() const { return address_; }
    std::uint16_t mtu() const { return mtu_; }
    bool sums() const { return sums_; }

    // Frames that take() may be called for, at most.
    std::uint32_t pending();
    struct Frame {
        std::byte* octets; // null: none, or the device lied
        std::uint16_t length;
        bool checksum_good;
        std::byte* buffer;
    };
    Frame take();
    // The frame has been dealt with: its buffer is the device's again at the next flush.
    void give_back(const Frame& frame) { idle_[idle_count_++] = frame.buffer; }

    // A buffer of nic_frame_room octets for a frame to be sent; null while the wire is full.
    std::byte* transmit_room();
    // Sends what was written into transmit_room, at the next flush.
    void send(std::uint16_t length, const ChecksumRequest& checksum);
    // Tells the device of everything since the last time.
    void flush();

    // One interrupt at the next frame received, or when the wire has room; then look again. Or none.
    void want_receive_interrupt(bool wanted);
    void want_transmit_interrupt(bool wanted);

private:
    enum class Driver : std::uint8_t { None, Virtio, E1000e };

    // Calls `what` with the driver that there is.
    template <typename What>
    auto with(What&& what) {
        return driver_ == Driver::E1000e ? what(e1000e_) : what(virtio_);
    }
    std::uint64_t device_address(const std::byte* buffer) const {
        return buffers_device_ + static_cast<std::uint64_t>(buffer - buffers_);
    }
    bool can_send();
    void reclaim();

    Driver driver_ = Driver::None;
    NicVirtio virtio_;
    NicE1000e e1000e_;
    std::array<std::uint8_t, 6> address_{};
    std::uint16_t mtu_ = 0;
    bool sums_ = false;
    std::uint32_t header_bytes_ = 0; // before each frame
    std::byte* buffers_ = nullptr;   // of both directions
    std::uint64_t buffers_device_ = 0;
    std::byte* free_[nic_buffers] = {}; // of the transmit direction
    std::uint16_t free_count_ = 0;
    std::byte* idle_[nic_buffers] = {}; // of the receive direction, to be offered
    std::uint16_t idle_count_ = 0;
    bool transmit_offered_ = false;
};

// Octets of the longest frame that is sent or received.
inline constexpr std::size_t nic_frame_room = nic_buffer_bytes - virtio_net::header_bytes;

} // namespace exo
