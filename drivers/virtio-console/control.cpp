// Control messages over two queues. A message is copied before it is looked at, because the device can still change it.
#include "drivers/virtio-console/control.hpp"

#include <cstring>

namespace exo::virtio_console {

using virtio::Expected;
using virtio::Problem;

namespace {

Expected<virtio::SplitQueue> set_up_queue(const virtio::Environment& environment, virtio::Transport& transport,
                                          std::uint16_t number) {
    const auto memory =
        environment.allocate_dma(environment.context, virtio::SplitQueue::memory_bytes(control_queue_size));
    if (!memory)
        return std::unexpected(Problem::OutOfMemory);
    auto queue = virtio::SplitQueue::create(*memory, control_queue_size);
    if (!queue)
        return queue;
    const auto doorbell = transport.set_up_queue(number, queue->places());
    if (!doorbell)
        return std::unexpected(doorbell.error());
    queue->set_doorbell(*doorbell);
    return queue;
}

} // namespace

Expected<void> Control::set_up(const virtio::Environment& environment, virtio::Transport& transport) {
    environment_ = &environment;
    auto receiving = set_up_queue(environment, transport, control_receive_queue);
    if (!receiving)
        return std::unexpected(receiving.error());
    auto transmitting = set_up_queue(environment, transport, control_transmit_queue);
    if (!transmitting)
        return std::unexpected(transmitting.error());
    const auto receive_memory =
        environment.allocate_dma(environment.context, control_queue_size * control_buffer_bytes);
    const auto transmit_memory =
        environment.allocate_dma(environment.context, control_queue_size * sizeof(ControlMessage));
    if (!receive_memory || !transmit_memory)
        return std::unexpected(Problem::OutOfMemory);
    receive_queue_ = *receiving;
    transmit_queue_ = *transmitting;
    receive_memory_ = *receive_memory;
    transmit_memory_ = *transmit_memory;
    return {};
}

Expected<void> Control::start() {
    for (std::uint16_t buffer = 0; buffer < control_queue_size; ++buffer)
        if (const auto lent = lend(buffer); !lent)
            return lent;
    receive_queue_.kick();
    return {};
}

Expected<void> Control::lend(std::uint16_t buffer) {
    const virtio::Piece piece{receive_memory_.device_address + buffer * control_buffer_bytes, control_buffer_bytes};
    const auto chain = receive_queue_.add({}, {&piece, 1});
    if (!chain)
        return std::unexpected(chain.error());
    received_into_[*chain] = buffer;
    return {};
}

Expected<void> Control::send(const ControlMessage& message, std::uint64_t timeout_us) {
    // Waits until the message before is taken: there are few of them, and a buffer is then free for certain.
    Problem problem = Problem::TimedOut;
    const bool room = wait_until(*environment_, timeout_us, [&] {
        const auto polled = transmit_queue_.poll();
        if (!polled)
            problem = polled.error();
        return !polled || transmit_queue_.chains_in_flight() == 0;
    });
    if (!room || problem != Problem::TimedOut)
        return std::unexpected(problem);
    const std::size_t offset = next_transmit_ * sizeof(ControlMessage);
    next_transmit_ = static_cast<std::uint16_t>((next_transmit_ + 1) % control_queue_size);
    std::memcpy(transmit_memory_.memory + offset, &message, sizeof(message));
    const virtio::Piece piece{transmit_memory_.device_address + offset, sizeof(message)};
    const auto chain = transmit_queue_.add({&piece, 1}, {});
    if (!chain)
        return std::unexpected(chain.error());
    transmit_queue_.kick();
    return {};
}

Expected<bool> Control::receive(ReceivedControl& received) {
    const auto polled = receive_queue_.poll();
    if (!polled)
        return std::unexpected(polled.error());
    if (!polled->found)
        return false;
    const std::uint16_t buffer = received_into_[polled->completion.chain];
    const std::size_t bytes = polled->completion.bytes_written;
    const std::byte* const memory = receive_memory_.memory + buffer * control_buffer_bytes;
    if (bytes < sizeof(ControlMessage))
        return std::unexpected(Problem::BadMessage);
    std::memcpy(&received.message, memory, sizeof(ControlMessage));
    received.name_bytes = 0;
    if (received.message.event == event::port_name) {
        const std::size_t name_bytes = bytes - sizeof(ControlMessage);
        if (name_bytes > name_bytes_max)
            return std::unexpected(Problem::BadMessage);
        std::memcpy(received.name_text, memory + sizeof(ControlMessage), name_bytes);
        // Some hosts send the terminating NUL, others do not.
        while (received.name_bytes < name_bytes && received.name_text[received.name_bytes] != '\0')
            ++received.name_bytes;
    }
    if (const auto lent = lend(buffer); !lent)
        return std::unexpected(lent.error());
    receive_queue_.kick();
    return true;
}

} // namespace exo::virtio_console
