// See nic_virtio.hpp.
#include "exokernel/network/nic_virtio.hpp"

#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/device/device.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/info_pages.hpp"

#include <cstring>

namespace exo {

namespace {

NicBringUp bring_up; // of the driver that opens; one at a time, under the kernel lock

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

Status NicVirtio::open(const NicBringUp& where) {
    bring_up = where;
    surroundings_ = {nullptr, function_config(where.function), map_bar, allocate, relax, function_clock()};
    virtio_net::Wishes wishes;
    wishes.packed = false;
    auto opened = control_.open(surroundings_, wishes);
    if (opened)
        opened = set_up_queues();
    if (opened)
        opened = control_.start();
    if (!opened) {
        klog("network: function %u: %s", where.function, virtio::describe(opened.error()));
        return std::unexpected(Error::Unsupported);
    }
    receive_.room_bytes = nic_buffer_bytes;
    return {};
}

virtio::Expected<void> NicVirtio::set_up_queues() {
    struct Wanted {
        virtio_net::SplitRing& ring;
        std::uint16_t queue, vector;
    };
    for (const Wanted& wanted : {Wanted{receive_.ring, virtio_net::receive_queue(0), nic_receive_vector},
                                 Wanted{transmit_.ring, virtio_net::transmit_queue(0), nic_transmit_vector}}) {
        std::uint16_t size = control_.queue_size(wanted.queue, nic_buffers);
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

NicReceived NicVirtio::take() {
    virtio_net::Completion done = receive_.take();
    auto* buffer = static_cast<std::byte*>(done.token);
    if (!buffer)
        return {};
    virtio_net::Header header;
    memcpy(&header, buffer, sizeof header);
    return {buffer, static_cast<std::uint16_t>(done.bytes - header_bytes),
            (header.flags & virtio_net::header_flag::data_valid) != 0};
}

void NicVirtio::send(std::byte* buffer, std::uint64_t address, std::uint16_t length, const ChecksumRequest& checksum) {
    virtio_net::Header header{};
    if (checksum.wanted) {
        header.flags = virtio_net::header_flag::needs_checksum;
        header.checksum_start = checksum.start;
        header.checksum_offset = checksum.offset;
    }
    memcpy(buffer, &header, sizeof header);
    transmit_.offer(transmit_.ring.next_slot(), buffer, address, length + header_bytes);
}

} // namespace exo
