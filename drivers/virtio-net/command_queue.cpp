// See command_queue.hpp. Command n is descriptors 2n and 2n + 1, and never goes round the ring.
#include "drivers/virtio-net/command_queue.hpp"

#include "drivers/virtio/barriers.hpp"
#include "drivers/virtio/spec.hpp"

namespace exo::virtio_net {

namespace {

constexpr std::size_t memory_bytes = 4096;
constexpr std::size_t available_at = 512, used_at = 1024; // as good for the two event structures of a packed queue
constexpr std::uint16_t answer_bytes = 1;

// Safe, both: the offset is one of those above, aligned for its type, in a page of DMA memory.
template <typename T>
T* at(const virtio::DmaBuffer& memory, std::size_t offset) {
    return reinterpret_cast<T*>(memory.memory + offset);
}

} // namespace

virtio::Expected<void> CommandQueue::open(const virtio::Environment& environment, bool packed) {
    const auto memory = environment.allocate_dma(environment.context, memory_bytes);
    if (!memory)
        return std::unexpected(virtio::Problem::OutOfMemory);
    environment_ = &environment;
    memory_ = *memory;
    packed_ = packed;
    places_ = {size, memory->device_address, memory->device_address + available_at, memory->device_address + used_at};
    // Answers are waited for by looking.
    if (packed)
        at<PackedEvents>(memory_, available_at)->flags = packed_events::disable;
    else
        at<virtio::RingHeader>(memory_, available_at)->flags = virtio::ring_flag::no_interrupt;
    return {};
}

void CommandQueue::offer_split(std::uint16_t first, std::uint32_t bytes) {
    auto* const table = at<virtio::Descriptor>(memory_, 0);
    table[first] = {message_address(sent_), bytes, virtio::descriptor_flag::next,
                    static_cast<std::uint16_t>(first + 1)};
    table[first + 1] = {message_address(sent_) + answer_at, answer_bytes, virtio::descriptor_flag::device_writes, 0};
    auto* const available = at<virtio::RingHeader>(memory_, available_at);
    reinterpret_cast<std::uint16_t*>(available + 1)[sent_] = first; // Safe: the ring is behind its header.
    virtio::before_doorbell();
    virtio::store_shared(available->index, static_cast<std::uint16_t>(sent_ + 1));
}

void CommandQueue::offer_packed(std::uint16_t first, std::uint32_t bytes) {
    auto* const table = at<PackedDescriptor>(memory_, 0);
    const auto rest = [first](std::uint32_t length, std::uint16_t flags) {
        return length | static_cast<std::uint64_t>(first) << 32 |
               static_cast<std::uint64_t>(flags | packed_flag::available) << 48;
    };
    table[first + 1] = {message_address(sent_) + answer_at, rest(answer_bytes, virtio::descriptor_flag::device_writes)};
    virtio::store_shared(table[first].address, message_address(sent_));
    // The first descriptor's flags give the whole chain away (2.8.6).
    virtio::before_doorbell();
    virtio::store_shared(table[first].rest, rest(bytes, virtio::descriptor_flag::next));
}

bool CommandQueue::is_done(std::uint16_t number) const {
    if (!packed_)
        return virtio::load_shared(at<virtio::RingHeader>(memory_, used_at)->index) ==
               static_cast<std::uint16_t>(number + 1);
    const std::uint64_t rest = virtio::load_shared(at<PackedDescriptor>(memory_, 0)[2 * number].rest);
    constexpr std::uint16_t both = packed_flag::available | packed_flag::used;
    return ((rest >> 48) & both) == both;
}

std::uint32_t CommandQueue::done_id(std::uint16_t number) const {
    if (packed_)
        return static_cast<std::uint16_t>(virtio::load_shared(at<PackedDescriptor>(memory_, 0)[2 * number].rest) >> 32);
    const auto* const ring =
        reinterpret_cast<const virtio::UsedElement*>(at<virtio::RingHeader>(memory_, used_at) + 1); // Safe: as above.
    return virtio::load_shared(ring[number].id);
}

virtio::Expected<void> CommandQueue::send(std::uint8_t group, std::uint8_t code, std::span<const std::uint8_t> data) {
    if (sent_ == commands_max)
        return std::unexpected(virtio::Problem::QueueFull);
    if (data.size() > answer_at - 2)
        return std::unexpected(virtio::Problem::BadBuffer);
    auto* const message = at<std::uint8_t>(memory_, messages_at + sent_ * message_bytes);
    message[0] = group;
    message[1] = code;
    for (std::size_t index = 0; index < data.size(); ++index)
        message[2 + index] = data[index];
    message[answer_at] = static_cast<std::uint8_t>(~command_done);
    const auto first = static_cast<std::uint16_t>(2 * sent_);
    const auto bytes = static_cast<std::uint32_t>(2 + data.size());
    if (packed_)
        offer_packed(first, bytes);
    else
        offer_split(first, bytes);
    const std::uint16_t number = sent_++;
    virtio::before_doorbell();
    doorbell_.ring();
    if (!virtio::wait_until(*environment_, command_timeout_us, [this, number] { return is_done(number); }))
        return std::unexpected(virtio::Problem::TimedOut);
    virtio::after_completion();
    if (done_id(number) != first)
        return std::unexpected(virtio::Problem::BadUsedId);
    if (virtio::load_shared(message[answer_at]) != command_done)
        return std::unexpected(virtio::Problem::BadMessage);
    return {};
}

} // namespace exo::virtio_net
