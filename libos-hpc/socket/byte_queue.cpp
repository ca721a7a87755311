// Interface: byte_queue.hpp.
#include "libos-hpc/socket/byte_queue.hpp"

#include "libos/memory/bytes.hpp"
#include "libos/memory/heap.hpp"

#include <algorithm>

namespace exo::hpc {

ByteQueue::~ByteQueue() {
    heap_free(bytes_);
}

bool ByteQueue::reserve(std::size_t bytes) {
    if (bytes <= capacity_)
        return true;
    std::size_t capacity = std::max(capacity_, capacity_min);
    while (capacity < bytes)
        capacity *= 2;
    auto* grown = static_cast<std::byte*>(heap_allocate(capacity));
    if (!grown)
        return false;
    const std::size_t count = peek({grown, count_});
    heap_free(bytes_);
    bytes_ = grown;
    capacity_ = capacity;
    first_ = 0;
    count_ = count;
    return true;
}

std::size_t ByteQueue::push(std::span<const std::byte> from) {
    if (!reserve(count_ + from.size()))
        from = from.first(std::min(from.size(), capacity_ - count_));
    for (std::size_t done = 0; done < from.size();) {
        const std::size_t at = (first_ + count_) % capacity_;
        const std::size_t piece = std::min(from.size() - done, capacity_ - at);
        copy_bytes(bytes_ + at, from.data() + done, piece);
        count_ += piece;
        done += piece;
    }
    return from.size();
}

std::size_t ByteQueue::peek(std::span<std::byte> into, std::size_t skip) const {
    if (skip >= count_)
        return 0;
    const std::size_t wanted = std::min(into.size(), count_ - skip);
    for (std::size_t done = 0; done < wanted;) {
        const std::size_t at = (first_ + skip + done) % capacity_;
        const std::size_t piece = std::min(wanted - done, capacity_ - at);
        copy_bytes(into.data() + done, bytes_ + at, piece);
        done += piece;
    }
    return wanted;
}

std::size_t ByteQueue::pop(std::span<std::byte> into) {
    const std::size_t taken = peek(into);
    drop(taken);
    return taken;
}

void ByteQueue::drop(std::size_t bytes) {
    count_ -= bytes;
    first_ = count_ ? (first_ + bytes) % capacity_ : 0;
    if (!count_ && capacity_ > kept_bytes_max)
        clear();
}

void ByteQueue::clear() {
    heap_free(bytes_);
    bytes_ = nullptr;
    capacity_ = first_ = count_ = 0;
}

} // namespace exo::hpc
