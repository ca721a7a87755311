// Bring-up of a virtio 9P device: the common steps, the mount tag, one queue as long as both sides allow.
#include "drivers/virtio-9p/request_queue.hpp"

#include "drivers/virtio-9p/spec.hpp"

#include <cstring>

namespace exo::virtio_9p {

using virtio::Expected;
using virtio::Problem;

namespace {

// The largest power of two up to `limit`, which is not 0.
constexpr std::uint16_t power_of_two_within(std::uint16_t limit) {
    std::uint16_t size = 1;
    while (size <= limit / 2)
        size = static_cast<std::uint16_t>(size * 2);
    return size;
}

} // namespace

Expected<void> RequestQueue::bring_up(const virtio::Environment& environment) {
    environment_ = &environment;
    const auto opened = virtio::Transport::open(environment, virtio::DeviceType::NineP);
    if (!opened)
        return std::unexpected(opened.error());
    transport_ = *opened;
    const auto done = set_up();
    if (!done) {
        transport_.give_up();
        (void)transport_.reset();
    }
    return done;
}

Expected<void> RequestQueue::read_mount_tag() {
    std::byte length_bytes[2];
    if (const auto got = transport_.read_config(config::tag_length, length_bytes, sizeof(length_bytes)); !got)
        return got;
    std::uint16_t length = 0;
    std::memcpy(&length, length_bytes, sizeof(length));
    if (length > mount_tag_bytes_max)
        return std::unexpected(Problem::BadMessage);
    std::byte text[mount_tag_bytes_max];
    if (const auto got = transport_.read_config(config::tag, text, length); !got)
        return got;
    std::memcpy(tag_text_, text, length);
    tag_bytes_ = length;
    return {};
}

Expected<void> RequestQueue::set_up() {
    if (const auto agreed = transport_.negotiate(feature::mount_tag, 0); !agreed)
        return std::unexpected(agreed.error());
    if (const auto got = read_mount_tag(); !got)
        return got;
    const std::uint16_t offered = transport_.queue_size_max(request_queue_number);
    if (offered == 0)
        return std::unexpected(Problem::MissingQueue);
    const std::uint16_t size = power_of_two_within(offered < queue_size_max ? offered : queue_size_max);
    const auto memory = environment_->allocate_dma(environment_->context, virtio::SplitQueue::memory_bytes(size));
    if (!memory)
        return std::unexpected(Problem::OutOfMemory);
    const auto queue = virtio::SplitQueue::create(*memory, size);
    if (!queue)
        return std::unexpected(queue.error());
    queue_ = *queue;
    const auto doorbell = transport_.set_up_queue(request_queue_number, queue_.places());
    if (!doorbell)
        return std::unexpected(doorbell.error());
    queue_.set_doorbell(*doorbell);
    transport_.start();
    return {};
}

Expected<std::uint16_t> RequestQueue::submit(std::span<const virtio::Piece> request,
                                             std::span<const virtio::Piece> reply) {
    const auto chain = queue_.add(request, reply);
    if (chain)
        queue_.kick();
    return chain;
}

} // namespace exo::virtio_9p
