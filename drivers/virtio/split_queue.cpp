// The split virtqueue. Memory: descriptors, then the available ring, then the used ring on a cache line of its own.
#include "drivers/virtio/split_queue.hpp"

#include "drivers/virtio/barriers.hpp"

namespace exo::virtio {

namespace {

constexpr std::uint16_t no_descriptor = 0xffff;
constexpr std::size_t cache_line = 64;

constexpr std::size_t available_offset(std::uint16_t size) {
    return size * sizeof(Descriptor);
}
constexpr std::size_t used_offset(std::uint16_t size) {
    const std::size_t end =
        available_offset(size) + sizeof(RingHeader) + size * sizeof(std::uint16_t) + ring_event_bytes;
    return (end + cache_line - 1) & ~(cache_line - 1);
}
static_assert(cache_line % used_ring_alignment == 0);

} // namespace

std::size_t SplitQueue::memory_bytes(std::uint16_t size) {
    return used_offset(size) + sizeof(RingHeader) + size * sizeof(UsedElement) + ring_event_bytes;
}

Expected<SplitQueue> SplitQueue::create(const DmaBuffer& memory, std::uint16_t size) {
    const bool power_of_two = size != 0 && (size & (size - 1)) == 0;
    if (!power_of_two || size > split_queue_size_max || memory.memory == nullptr || memory.bytes < memory_bytes(size) ||
        memory.device_address % descriptor_alignment != 0 ||
        reinterpret_cast<std::uintptr_t>(memory.memory) % descriptor_alignment != 0)
        return std::unexpected(Problem::BadQueueMemory);
    SplitQueue queue;
    // Safe: each part lies inside the memory and is aligned for its type; only ring structures live there.
    queue.descriptors_ = reinterpret_cast<Descriptor*>(memory.memory);
    queue.available_ = reinterpret_cast<RingHeader*>(memory.memory + available_offset(size));
    queue.available_ring_ = reinterpret_cast<std::uint16_t*>(queue.available_ + 1);
    queue.used_ = reinterpret_cast<const RingHeader*>(memory.memory + used_offset(size));
    queue.used_ring_ = reinterpret_cast<const UsedElement*>(queue.used_ + 1);
    queue.places_ = {.size = size,
                     .descriptors = memory.device_address,
                     .driver_area = memory.device_address + available_offset(size),
                     .device_area = memory.device_address + used_offset(size)};
    for (std::uint16_t index = 0; index < size; ++index)
        queue.books_[index].next = static_cast<std::uint16_t>(index + 1);
    queue.free_count_ = size;
    // The driver polls.
    store_shared(queue.available_->flags, ring_flag::no_interrupt);
    return queue;
}

// Fills a free descriptor and links it behind `before`, if that is one.
std::uint16_t SplitQueue::take_descriptor(const Piece& piece, std::uint16_t flags, std::uint16_t before) {
    const std::uint16_t taken = free_head_;
    free_head_ = books_[taken].next;
    --free_count_;
    Descriptor& descriptor = descriptors_[taken];
    store_shared(descriptor.address, piece.device_address);
    store_shared(descriptor.bytes, piece.bytes);
    store_shared(descriptor.flags, flags);
    if (before != no_descriptor) {
        store_shared(descriptors_[before].next, taken);
        books_[before].next = taken;
    }
    return taken;
}

Expected<std::uint16_t> SplitQueue::add(std::span<const Piece> readable, std::span<const Piece> writable) {
    if (broken_)
        return std::unexpected(problem_);
    const std::size_t count = readable.size() + writable.size();
    std::uint64_t writable_bytes = 0;
    for (const Piece& piece : writable)
        writable_bytes += piece.bytes;
    if (count == 0 || count > size() || writable_bytes > UINT32_MAX)
        return std::unexpected(Problem::BadBuffer);
    if (count > free_count_)
        return std::unexpected(Problem::QueueFull);

    const std::uint16_t head = free_head_;
    std::uint16_t last = no_descriptor;
    std::size_t left = count;
    for (const Piece& piece : readable)
        last = take_descriptor(piece, --left != 0 ? descriptor_flag::next : 0, last);
    for (const Piece& piece : writable) {
        const std::uint16_t link = --left != 0 ? descriptor_flag::next : 0;
        last = take_descriptor(piece, static_cast<std::uint16_t>(descriptor_flag::device_writes | link), last);
    }
    books_[head].chain_length = static_cast<std::uint16_t>(count);
    books_[head].writable_bytes = static_cast<std::uint32_t>(writable_bytes);
    ++in_flight_;

    store_shared(available_ring_[available_index_ % size()], head);
    ++available_index_;
    before_doorbell();
    store_shared(available_->index, available_index_);
    return head;
}

void SplitQueue::kick() {
    between_publishing_and_looking();
    if ((load_shared(used_->flags) & ring_flag::no_notify) == 0)
        doorbell_.ring();
}

Expected<SplitQueue::Polled> SplitQueue::poll() {
    if (broken_)
        return std::unexpected(problem_);
    const std::uint16_t device_index = load_shared(used_->index);
    if (device_index == used_index_)
        return Polled{};
    if (static_cast<std::uint16_t>(device_index - used_index_) > in_flight_)
        return break_with(Problem::BadUsedIndex);
    after_completion();
    const UsedElement& element = used_ring_[used_index_ % size()];
    const std::uint32_t id = load_shared(element.id);
    const std::uint32_t bytes = load_shared(element.bytes);
    if (id >= size() || books_[id].chain_length == 0)
        return break_with(Problem::BadUsedId);
    if (bytes > books_[id].writable_bytes)
        return break_with(Problem::BadUsedLength);
    ++used_index_;
    const auto chain = static_cast<std::uint16_t>(id);
    release_chain(chain);
    return Polled{.found = true, .completion = {.chain = chain, .bytes_written = bytes}};
}

void SplitQueue::release_chain(std::uint16_t head) {
    std::uint16_t last = head;
    const std::uint16_t length = books_[head].chain_length;
    for (std::uint16_t index = 1; index < length; ++index)
        last = books_[last].next;
    books_[last].next = free_head_;
    books_[head].chain_length = 0;
    free_head_ = head;
    free_count_ = static_cast<std::uint16_t>(free_count_ + length);
    --in_flight_;
}

std::unexpected<Problem> SplitQueue::break_with(Problem problem) {
    broken_ = true;
    problem_ = problem;
    return std::unexpected(problem);
}

} // namespace exo::virtio
