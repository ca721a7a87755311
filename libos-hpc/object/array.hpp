// A growing array on the kit's heap. Growth can fail, and says so. Elements are moved when it grows.
#pragma once

#include "libos/memory/heap.hpp"

#include <cstddef>
#include <new>
#include <utility>

namespace exo::hpc {

template <typename T>
class Array {
public:
    Array() = default;
    Array(const Array&) = delete;
    Array& operator=(const Array&) = delete;
    Array(Array&& other) noexcept
        : items_(std::exchange(other.items_, nullptr)), size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    ~Array() { clear(); }

    // False, and nothing changed, when no memory is left.
    bool push(T item) {
        if (size_ == capacity_ && !reserve(capacity_ ? capacity_ * 2 : 4))
            return false;
        ::new (&items_[size_]) T(std::move(item));
        ++size_;
        return true;
    }
    bool reserve(std::size_t capacity) {
        if (capacity <= capacity_)
            return true;
        auto* items = static_cast<T*>(heap_allocate(capacity * sizeof(T)));
        if (!items)
            return false;
        for (std::size_t i = 0; i < size_; ++i) {
            ::new (&items[i]) T(std::move(items_[i]));
            items_[i].~T();
        }
        heap_free(items_);
        items_ = items;
        capacity_ = capacity;
        return true;
    }
    // Those behind it move up.
    void erase(std::size_t index) {
        for (std::size_t i = index; i + 1 < size_; ++i)
            items_[i] = std::move(items_[i + 1]);
        items_[--size_].~T();
    }
    void clear() {
        for (std::size_t i = 0; i < size_; ++i)
            items_[i].~T();
        heap_free(items_);
        items_ = nullptr;
        size_ = capacity_ = 0;
    }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T& operator[](std::size_t index) { return items_[index]; }
    const T& operator[](std::size_t index) const { return items_[index]; }
    T* begin() { return items_; }
    T* end() { return items_ + size_; }
    const T* begin() const { return items_; }
    const T* end() const { return items_ + size_; }

private:
    T* items_ = nullptr;
    std::size_t size_ = 0, capacity_ = 0;
};

} // namespace exo::hpc
