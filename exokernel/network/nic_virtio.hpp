// virtio-net as nic_device.hpp drives it: one split queue a direction.
#pragma once

#include "drivers/virtio-net/control.hpp"
#include "drivers/virtio-net/queue.hpp"
#include "exokernel/network/nic_driver.hpp"

namespace exo {

class NicVirtio {
public:
    // Octets that the device wants before each frame.
    static constexpr std::uint32_t header_bytes = virtio_net::header_bytes;

    Status open(const NicBringUp& where);
    // Buffers may be offered and frames sent from here on.
    void close() { (void)control_.reset(); }

    const std::array<std::uint8_t, 6>& address() const { return control_.facts().mac; }
    std::uint16_t mtu() const { return control_.facts().mtu; }
    bool sums() const { return control_.facts().has(virtio_net::feature::checksum); }

    bool can_offer() { return receive_.ring.is_free(receive_.ring.next_slot()); }
    void offer(std::byte* buffer, std::uint64_t address) { receive_.offer(receive_.ring.next_slot(), buffer, address); }
    void publish_offers() { receive_.ring.publish(); }
    std::uint32_t pending() { return receive_.ring.pending(); }
    NicReceived take();

    bool can_send() { return transmit_.ring.is_free(transmit_.ring.next_slot()); }
    void send(std::byte* buffer, std::uint64_t address, std::uint16_t length, const ChecksumRequest& checksum);
    void publish_sends() { transmit_.ring.publish(); }
    // A buffer whose frame is sent; null: none.
    std::byte* take_sent() { return transmit_.ring.pending() ? static_cast<std::byte*>(transmit_.take()) : nullptr; }

    void want_receive_interrupt(bool wanted) {
        wanted ? receive_.ring.enable_interrupts() : receive_.ring.disable_interrupts();
    }
    void want_transmit_interrupt(bool wanted) {
        wanted ? transmit_.ring.enable_interrupts() : transmit_.ring.disable_interrupts();
    }

private:
    virtio::Expected<void> set_up_queues();

    virtio::Environment surroundings_{};
    virtio_net::Control control_;
    virtio_net::ReceiveQueue<virtio_net::SplitRing> receive_;
    virtio_net::TransmitQueue<virtio_net::SplitRing> transmit_;
};

} // namespace exo
