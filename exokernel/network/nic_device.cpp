// See nic_device.hpp.
#include "exokernel/network/nic_device.hpp"

#include "drivers/e1000e/spec.hpp"
#include "exokernel/memory/info_pages.hpp"

namespace exo {

Status NicDevice::open(std::uint32_t function, NicMemory& memory) {
    const DeviceInfo& info = device_infos[function];
    bool intel = info.vendor == e1000e::pci_vendor && info.device == e1000e::pci_device;
    driver_ = intel ? Driver::E1000e : Driver::Virtio;
    Status opened = with([&](auto& driver) { return driver.open({function, &memory}); });
    if (!opened)
        return opened;
    with([this](auto& driver) {
        address_ = driver.address();
        mtu_ = driver.mtu();
        sums_ = driver.sums();
        header_bytes_ = driver.header_bytes;
    });
    NicMemory::Piece room = memory.take(2ull * nic_buffers * nic_buffer_bytes);
    if (!room.memory)
        return std::unexpected(Error::TableFull);
    buffers_ = room.memory;
    buffers_device_ = room.device_address;
    for (; free_count_ < nic_buffers; free_count_++)
        free_[free_count_] = buffers_ + (nic_buffers + free_count_) * nic_buffer_bytes;
    for (; idle_count_ < nic_buffers; idle_count_++)
        idle_[idle_count_] = buffers_ + idle_count_ * nic_buffer_bytes;
    flush();
    return {};
}

void NicDevice::close() {
    if (driver_ != Driver::None)
        with([](auto& driver) { driver.close(); });
}

std::uint32_t NicDevice::pending() {
    return with([](auto& driver) { return static_cast<std::uint32_t>(driver.pending()); });
}

NicDevice::Frame NicDevice::take() {
    NicReceived got = with([](auto& driver) { return driver.take(); });
    if (!got.buffer)
        return {};
    return {got.buffer + header_bytes_, got.length, got.checksum_good, got.buffer};
}

bool NicDevice::can_send() {
    return free_count_ && with([](auto& driver) { return driver.can_send(); });
}

void NicDevice::reclaim() {
    while (std::byte* buffer = with([](auto& driver) { return driver.take_sent(); }))
        free_[free_count_++] = buffer;
}

std::byte* NicDevice::transmit_room() {
    if (!can_send())
        reclaim();
    return can_send() ? free_[free_count_ - 1] + header_bytes_ : nullptr;
}

void NicDevice::send(std::uint16_t length, const ChecksumRequest& checksum) {
    std::byte* buffer = free_[--free_count_];
    with([&](auto& driver) { driver.send(buffer, device_address(buffer), length, checksum); });
    transmit_offered_ = true;
}

void NicDevice::flush() {
    bool offered = false;
    with([&](auto& driver) {
        // A device that completes out of order leaves a slot in use; the rest waits until that one is free.
        for (; idle_count_ && driver.can_offer(); offered = true) {
            std::byte* buffer = idle_[--idle_count_];
            driver.offer(buffer, device_address(buffer));
        }
        if (offered)
            driver.publish_offers();
        if (transmit_offered_)
            driver.publish_sends();
    });
    transmit_offered_ = false;
}

void NicDevice::want_receive_interrupt(bool wanted) {
    with([wanted](auto& driver) { driver.want_receive_interrupt(wanted); });
}

void NicDevice::want_transmit_interrupt(bool wanted) {
    with([wanted](auto& driver) { driver.want_transmit_interrupt(wanted); });
}

} // namespace exo
