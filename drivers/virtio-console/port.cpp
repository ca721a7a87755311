// The data path of a console port. Each chain is one descriptor, so a queue can never be too full for a buffer.
#include "drivers/virtio-console/port.hpp"

#include "drivers/virtio-console/spec.hpp"

#include <cstring>

namespace exo::virtio_console {

using virtio::Expected;
using virtio::Problem;

namespace {

std::size_t smaller(std::size_t left, std::size_t right) {
    return left < right ? left : right;
}

Expected<void> set_up_queue(const virtio::Environment& environment, virtio::Transport& transport, std::uint16_t number,
                            virtio::SplitQueue& queue) {
    const auto memory =
        environment.allocate_dma(environment.context, virtio::SplitQueue::memory_bytes(port_queue_size));
    if (!memory)
        return std::unexpected(Problem::OutOfMemory);
    auto created = virtio::SplitQueue::create(*memory, port_queue_size);
    if (!created)
        return std::unexpected(created.error());
    queue = *created;
    const auto doorbell = transport.set_up_queue(number, queue.places());
    if (!doorbell)
        return std::unexpected(doorbell.error());
    queue.set_doorbell(*doorbell);
    return {};
}

bool allocate(const virtio::Environment& environment, std::span<virtio::DmaBuffer> buffers) {
    for (virtio::DmaBuffer& buffer : buffers) {
        const auto memory = environment.allocate_dma(environment.context, port_buffer_bytes);
        if (!memory)
            return false;
        buffer = *memory;
    }
    return true;
}

} // namespace

Expected<void> Port::set_up(const virtio::Environment& environment, virtio::Transport& transport,
                            std::uint32_t number) {
    if (!allocate(environment, receive_buffer_) || !allocate(environment, transmit_buffer_))
        return std::unexpected(Problem::OutOfMemory);
    for (std::uint8_t buffer = 0; buffer < transmit_buffers; ++buffer)
        free_transmit_[free_transmit_count_++] = buffer;
    if (const auto set = set_up_queue(environment, transport, receive_queue(number), receive_queue_); !set)
        return set;
    return set_up_queue(environment, transport, transmit_queue(number), transmit_queue_);
}

Expected<void> Port::start() {
    for (std::uint8_t buffer = 0; buffer < receive_buffers; ++buffer)
        if (const auto lent = lend_for_receiving(buffer); !lent)
            return lent;
    receive_queue_.kick();
    return {};
}

Expected<void> Port::lend_for_receiving(std::uint8_t buffer) {
    const virtio::Piece piece{receive_buffer_[buffer].device_address, port_buffer_bytes};
    const auto chain = receive_queue_.add({}, {&piece, 1});
    if (!chain)
        return std::unexpected(chain.error());
    received_into_[*chain] = buffer;
    return {};
}

Expected<void> Port::collect_received() {
    for (std::size_t count = 0; count < receive_buffers; ++count) {
        const auto polled = receive_queue_.poll();
        if (!polled)
            return std::unexpected(polled.error());
        if (!polled->found)
            return {};
        // Never more than there are buffers: each is in flight, or here, but not both.
        filled_[filled_count_++] = {.buffer = received_into_[polled->completion.chain],
                                    .bytes = polled->completion.bytes_written};
    }
    return {};
}

Expected<std::size_t> Port::receive(std::span<std::byte> destination) {
    if (const auto collected = collect_received(); !collected)
        return std::unexpected(collected.error());
    std::size_t copied = 0;
    bool lent_any = false;
    while (filled_count_ != 0) {
        const Filled oldest = filled_[0];
        const std::size_t part = smaller(destination.size() - copied, oldest.bytes - filled_offset_);
        if (part != 0)
            std::memcpy(destination.data() + copied, receive_buffer_[oldest.buffer].memory + filled_offset_, part);
        copied += part;
        filled_offset_ += static_cast<std::uint32_t>(part);
        if (filled_offset_ != oldest.bytes)
            break;
        filled_offset_ = 0;
        --filled_count_;
        for (std::size_t index = 0; index < filled_count_; ++index)
            filled_[index] = filled_[index + 1];
        if (const auto lent = lend_for_receiving(oldest.buffer); !lent)
            return std::unexpected(lent.error());
        lent_any = true;
    }
    if (lent_any)
        receive_queue_.kick();
    return copied;
}

Expected<void> Port::collect_transmitted() {
    for (std::size_t count = 0; count < transmit_buffers; ++count) {
        const auto polled = transmit_queue_.poll();
        if (!polled)
            return std::unexpected(polled.error());
        if (!polled->found)
            return {};
        free_transmit_[free_transmit_count_++] = transmitted_from_[polled->completion.chain];
    }
    return {};
}

Expected<std::size_t> Port::transmit(std::span<const std::byte> source) {
    if (const auto collected = collect_transmitted(); !collected)
        return std::unexpected(collected.error());
    std::size_t taken = 0;
    while (taken < source.size() && free_transmit_count_ != 0) {
        const std::uint8_t buffer = free_transmit_[free_transmit_count_ - 1];
        const std::size_t part = smaller(source.size() - taken, port_buffer_bytes);
        std::memcpy(transmit_buffer_[buffer].memory, source.data() + taken, part);
        const virtio::Piece piece{transmit_buffer_[buffer].device_address, static_cast<std::uint32_t>(part)};
        const auto chain = transmit_queue_.add({&piece, 1}, {});
        if (!chain)
            return std::unexpected(chain.error());
        --free_transmit_count_;
        transmitted_from_[*chain] = buffer;
        taken += part;
    }
    if (taken != 0)
        transmit_queue_.kick();
    return taken;
}

Expected<bool> Port::is_transmitting() {
    if (const auto collected = collect_transmitted(); !collected)
        return std::unexpected(collected.error());
    return free_transmit_count_ != transmit_buffers;
}

} // namespace exo::virtio_console
