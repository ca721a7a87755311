// See nic_device.hpp.
#include "exokernel/network/nic_device.hpp"

#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/device/device.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/info_pages.hpp"

#include <cstring>

namespace exo {

namespace {

// What a driver is brought up on. One at a time, under the kernel lock.
struct BringUp {
    std::uint32_t function;
    NicMemory* memory;
};
BringUp bring_up;

std::optional<virtio::BarWindow> map_bar(void*, unsigned bar, std::uint64_t offset, std::uint64_t bytes) {
    std::byte* registers = function_registers(bring_up.function, bar);
    std::uint64_t size = registers ? device_infos[bring_up.function].bar[bar].bytes : 0;
    if (offset > size || bytes > size - offset)
        return std::nullopt;
    return virtio::BarWindow{mapped_registers(registers + offset), registers + offset};
}

std::optional<virtio::DmaBuffer> allocate(void*, std::size_t bytes) {
    NicMemory::Piece piece = bring_up.memory->take(bytes);
    if (!piece.memory)
        return std::nullopt;
    return virtio::DmaBuffer{piece.memory, piece.device_address, bytes};
}

void relax(void*) {
    pause();
}

} // namespace

Status NicDevice::open(std::uint32_t function, NicMemory& memory) {
    bring_up = {function, &memory};
    surroundings_ = {nullptr, function_config(function), map_bar, allocate, relax, function_clock()};
    virtio_net::Wishes wishes;
    wishes.packed = false;
    auto opened = control_.open(surroundings_, wishes);
    if (opened)
        opened = set_up_queues();
    if (opened)
        opened = control_.start();
    if (!opened) {
        klog("network: function %u: %s", function, virtio::describe(opened.error()));
        return std::unexpected(Error::Unsupported);
    }
    NicMemory::Piece room = memory.take(2ull * buffers * buffer_bytes);
    if (!room.memory)
        return std::unexpected(Error::TableFull);
    buffers_ = room.memory;
    buffers_device_ = room.device_address;
    receive_.room_bytes = buffer_bytes;
    for (std::uint16_t i = 0; i < buffers; i++)
        free_[i] = buffers_ + (buffers + i) * buffer_bytes;
    free_count_ = buffers;
    for (; idle_count_ < buffers; idle_count_++)
        idle_[idle_count_] = buffers_ + idle_count_ * buffer_bytes;
    flush();
    return {};
}

virtio::Expected<void> NicDevice::set_up_queues() {
    struct Wanted {
        virtio_net::SplitRing& ring;
        std::uint16_t queue, vector;
    };
    for (const Wanted& wanted : {Wanted{receive_.ring, virtio_net::receive_queue(0), nic_receive_vector},
                                 Wanted{transmit_.ring, virtio_net::transmit_queue(0), nic_transmit_vector}}) {
        std::uint16_t size = control_.queue_size(wanted.queue, buffers);
        auto memory = size ? allocate(nullptr, virtio_net::SplitRing::memory_bytes(size)) : std::nullopt;
        if (!memory)
            return std::unexpected(virtio::Problem::OutOfMemory);
        if (auto opened = wanted.ring.open(*memory, size); !opened)
            return opened;
        auto doorbell = control_.set_up_queue(wanted.queue, wanted.ring.places(), wanted.vector);
        if (!doorbell)
            return std::unexpected(doorbell.error());
        wanted.ring.set_doorbell(*doorbell);
    }
    return {};
}

void NicDevice::close() {
    (void)control_.reset();
}

bool NicDevice::can_send() const {
    return free_count_ && transmit_.ring.is_free(transmit_.ring.next_slot());
}

NicDevice::Frame NicDevice::take() {
    virtio_net::Completion done = receive_.take();
    auto* buffer = static_cast<std::byte*>(done.token);
    if (!buffer)
        return {};
    virtio_net::Header header;
    memcpy(&header, buffer, sizeof header);
    auto length = static_cast<std::uint16_t>(done.bytes - virtio_net::header_bytes);
    bool good = header.flags & virtio_net::header_flag::data_valid;
    return {buffer + virtio_net::header_bytes, length, good, buffer};
}

void NicDevice::give_back(const Frame& frame) {
    idle_[idle_count_++] = static_cast<std::byte*>(frame.token);
}

std::byte* NicDevice::transmit_room() {
    if (!can_send())
        (void)reclaim();
    return can_send() ? free_[free_count_ - 1] + virtio_net::header_bytes : nullptr;
}

void NicDevice::send(std::uint16_t length, const ChecksumRequest& checksum) {
    std::byte* buffer = free_[--free_count_];
    virtio_net::Header header{};
    if (checksum.wanted) {
        header.flags = virtio_net::header_flag::needs_checksum;
        header.checksum_start = checksum.start;
        header.checksum_offset = checksum.offset;
    }
    memcpy(buffer, &header, sizeof header);
    transmit_.offer(transmit_.ring.next_slot(), buffer, device_address(buffer), length + virtio_net::header_bytes);
    transmit_offered_ = true;
}

void NicDevice::flush() {
    bool offered = false;
    // A device that completes out of order leaves a slot in use; the rest waits until that one is free.
    for (std::uint32_t slot; idle_count_ && receive_.ring.is_free(slot = receive_.ring.next_slot()); offered = true) {
        std::byte* buffer = idle_[--idle_count_];
        receive_.offer(slot, buffer, device_address(buffer));
    }
    if (offered)
        receive_.ring.publish();
    if (transmit_offered_)
        transmit_.ring.publish();
    transmit_offered_ = false;
}

bool NicDevice::reclaim() {
    std::uint16_t before = free_count_;
    for (std::uint32_t left = transmit_.ring.pending(); left; left--) {
        void* buffer = transmit_.take();
        if (!buffer)
            break;
        free_[free_count_++] = static_cast<std::byte*>(buffer);
    }
    return free_count_ != before;
}

void NicDevice::want_receive_interrupt(bool wanted) {
    wanted ? receive_.ring.enable_interrupts() : receive_.ring.disable_interrupts();
}

void NicDevice::want_transmit_interrupt(bool wanted) {
    wanted ? transmit_.ring.enable_interrupts() : transmit_.ring.disable_interrupts();
}

} // namespace exo
