// Bytes in order: a ring on the kit's heap that grows as needed, and is given back when it is empty and large. How much
// may be in it is its user's business. Not locked.
#pragma once

#include <cstddef>
#include <span>

namespace exo::hpc {

class ByteQueue {
public:
    ByteQueue() = default;
    ByteQueue(const ByteQueue&) = delete;
    ByteQueue& operator=(const ByteQueue&) = delete;
    ~ByteQueue();

    std::size_t size() const { return count_; }
    // Takes as many as memory allows; how many.
    std::size_t push(std::span<const std::byte> from);
    // Copies out what there is and fits, from `skip` bytes after the first on; how many. They stay.
    std::size_t peek(std::span<std::byte> into, std::size_t skip = 0) const;
    // The same from the first on, and drops them.
    std::size_t pop(std::span<std::byte> into);
    void clear();

private:
    bool reserve(std::size_t bytes);
    void drop(std::size_t bytes);

    static constexpr std::size_t capacity_min = 4096;
    static constexpr std::size_t kept_bytes_max = 64 * 1024;

    std::byte* bytes_ = nullptr;
    std::size_t capacity_ = 0, first_ = 0, count_ = 0;
};

} // namespace exo::hpc
