// The Intel 82574L as nic_device.hpp drives it. It sums nothing of what is sent.
#pragma once

#include "drivers/e1000e/control.hpp"
#include "drivers/e1000e/queue.hpp"
#include "exokernel/network/nic_driver.hpp"

namespace exo {

class NicE1000e {
public:
    static constexpr std::uint32_t header_bytes = 0;

    Status open(const NicBringUp& where);
    void close() { (void)control_.reset(); }

    const std::array<std::uint8_t, 6>& address() const { return control_.address(); }
    std::uint16_t mtu() const { return 1500; }
    bool sums() const { return false; }

    bool can_offer() const { return receive_.room() != 0; }
    void offer(std::byte* buffer, std::uint64_t address) { receive_.offer(buffer, address); }
    void publish_offers() { receive_.publish(); }
    // The device does not count: take() says when there is no more.
    std::uint32_t pending() const { return receive_.has_news() ? receive_.size() : 0; }
    NicReceived take() {
        e1000e::ReceiveQueue::Received got = receive_.take();
        return {static_cast<std::byte*>(got.token), got.octets, got.checksum_good};
    }

    bool can_send() const { return transmit_.room() != 0; }
    void send(std::byte* buffer, std::uint64_t address, std::uint16_t length, const ChecksumRequest&) {
        transmit_.offer(buffer, address, length);
    }
    void publish_sends() { transmit_.publish(); }
    std::byte* take_sent() {
        void* token = nullptr;
        return transmit_.take(token) ? static_cast<std::byte*>(token) : nullptr;
    }

    void want_receive_interrupt(bool wanted) { wanted ? control_.enable_interrupt() : control_.disable_interrupt(); }
    void want_transmit_interrupt(bool wanted) {
        wanted ? control_.enable_sent_interrupt() : control_.disable_sent_interrupt();
    }

private:
    e1000e::Control control_;
    e1000e::ReceiveQueue receive_;
    e1000e::TransmitQueue transmit_;
};

} // namespace exo
