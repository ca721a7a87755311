// The request queue of a virtio 9P device: a chain carries a request and the room for its reply.
// One thread at a time. The protocol on top is libos/ninep/.
#pragma once

#include "drivers/virtio/split_queue.hpp"

#include <string_view>

namespace exo::virtio_9p {

inline constexpr std::uint16_t queue_size_max = virtio::split_queue_size_max;
inline constexpr std::size_t mount_tag_bytes_max = 64;

class RequestQueue {
public:
    RequestQueue() = default;
    RequestQueue(const RequestQueue&) = delete; // the environment must outlive it where it stands
    RequestQueue& operator=(const RequestQueue&) = delete;

    // Resets the device and brings it up. Once only; after a failure the device has been reset.
    virtio::Expected<void> bring_up(const virtio::Environment& environment);
    const virtio::Environment& environment() const { return *environment_; }

    // The name the host gave this share.
    std::string_view mount_tag() const { return {tag_text_, tag_bytes_}; }
    // Pieces that one chain can have at most.
    std::uint16_t pieces_max() const { return queue_.size(); }

    // Hands the device a request and the room for its reply, and tells it. All pieces are the device's until poll()
    // names the chain again. QueueFull: try again after a poll().
    virtio::Expected<std::uint16_t> submit(std::span<const virtio::Piece> request,
                                           std::span<const virtio::Piece> reply);
    virtio::Expected<virtio::SplitQueue::Polled> poll() { return queue_.poll(); }

    bool needs_reset() const { return transport_.needs_reset(); }
    // Takes the queue back. True: the device holds no memory any more. False: it did not obey in time.
    bool shut_down() { return transport_.reset(); }

private:
    virtio::Expected<void> set_up();
    virtio::Expected<void> read_mount_tag();

    const virtio::Environment* environment_ = nullptr;
    virtio::Transport transport_;
    virtio::SplitQueue queue_;
    char tag_text_[mount_tag_bytes_max] = {};
    std::size_t tag_bytes_ = 0;
};

} // namespace exo::virtio_9p
