// A growing row of objects that may be moved by copying their octets, and a growing string of octets. Both own their
// block and count it.
#pragma once

#include "libos-kv/memory/allocate.hpp"
#include "libos-kv/memory/octets.hpp"

#include <type_traits>

namespace exo::kv {

template <typename T>
class Array {
public:
    Array() = default;
    Array(const Array&) = delete;
    Array& operator=(const Array&) = delete;
    Array(Array&& other) noexcept
        : items_(std::exchange(other.items_, nullptr)), count_(std::exchange(other.count_, 0)),
          room_(std::exchange(other.room_, 0)) {}
    Array& operator=(Array&& other) noexcept {
        if (this != &other) {
            reset();
            items_ = std::exchange(other.items_, nullptr);
            count_ = std::exchange(other.count_, 0);
            room_ = std::exchange(other.room_, 0);
        }
        return *this;
    }
    ~Array() { reset(); }

    std::size_t size() const { return count_; }
    std::size_t room() const { return room_; }
    bool empty() const { return count_ == 0; }
    T* begin() { return items_; }
    T* end() { return items_ + count_; }
    const T* begin() const { return items_; }
    const T* end() const { return items_ + count_; }
    T* data() { return items_; }
    const T* data() const { return items_; }
    T& operator[](std::size_t index) { return items_[index]; }
    const T& operator[](std::size_t index) const { return items_[index]; }
    T& back() { return items_[count_ - 1]; }

    template <typename... Arguments>
    T& push(Arguments&&... arguments) {
        if (count_ == room_)
            reserve(room_ ? room_ * 2 : 4);
        return *new (items_ + count_++) T{std::forward<Arguments>(arguments)...};
    }
    // The ones behind move up.
    void erase(std::size_t index) {
        items_[index].~T();
        count_--;
        move_bytes(static_cast<void*>(items_ + index), items_ + index + 1, (count_ - index) * sizeof(T));
    }
    void pop() { items_[--count_].~T(); }
    void clear() {
        if constexpr (std::is_trivially_destructible_v<T>)
            count_ = 0;
        while (count_)
            pop();
    }
    void reset() {
        clear();
        release(items_, room_ * sizeof(T));
        items_ = nullptr;
        room_ = 0;
    }
    // The first so many items were put there by the caller, and there is room for them.
    void set_size(std::size_t count) { count_ = count; }
    void reserve(std::size_t room) {
        if (room <= room_)
            return;
        T* items = static_cast<T*>(allocate(room * sizeof(T)));
        if (count_)
            copy_bytes(static_cast<void*>(items), items_, count_ * sizeof(T));
        release(items_, room_ * sizeof(T));
        items_ = items;
        room_ = room;
    }

private:
    T* items_ = nullptr;
    std::size_t count_ = 0, room_ = 0;
};

class Text {
public:
    Text() = default;
    explicit Text(std::string_view text) { append(text); }
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;
    Text(Text&& other) noexcept
        : octets_(std::exchange(other.octets_, nullptr)), size_(std::exchange(other.size_, 0)),
          room_(std::exchange(other.room_, 0)) {}
    Text& operator=(Text&& other) noexcept {
        if (this != &other) {
            reset();
            octets_ = std::exchange(other.octets_, nullptr);
            size_ = std::exchange(other.size_, 0);
            room_ = std::exchange(other.room_, 0);
        }
        return *this;
    }
    ~Text() { reset(); }

    std::size_t size() const { return size_; }
    std::size_t room() const { return room_; }
    bool empty() const { return size_ == 0; }
    char* data() { return octets_; }
    const char* data() const { return octets_; }
    std::string_view view() const { return {octets_, size_}; }
    operator std::string_view() const { return view(); }

    void assign(std::string_view text) {
        clear();
        append(text);
    }
    Text& append(std::string_view text) {
        copy_bytes(grow(text.size()), text.data(), text.size());
        return *this;
    }
    Text& append(char octet) {
        *grow(1) = octet;
        return *this;
    }
    // Makes so many octets more and gives their place; their contents are undefined.
    char* grow(std::size_t octets) {
        if (room_ - size_ < octets) [[unlikely]]
            make_room(octets);
        char* at = octets_ + size_;
        size_ += octets;
        return at;
    }
    void insert(std::size_t at, std::string_view text) {
        grow(text.size());
        move_bytes(octets_ + at + text.size(), octets_ + at, size_ - text.size() - at);
        copy_bytes(octets_ + at, text.data(), text.size());
    }
    void erase(std::size_t at, std::size_t octets) {
        move_bytes(octets_ + at, octets_ + at + octets, size_ - at - octets);
        size_ -= octets;
    }
    void shrink(std::size_t size) { size_ = size; }
    void clear() { size_ = 0; }
    void reset() {
        release(octets_, room_);
        octets_ = nullptr;
        size_ = room_ = 0;
    }
    void reserve(std::size_t room) {
        if (room <= room_)
            return;
        char* octets = static_cast<char*>(allocate(room));
        copy_bytes(octets, octets_, size_);
        release(octets_, room_);
        octets_ = octets;
        room_ = room;
    }

private:
    // Seldom called, so it is the one to save registers.
    [[clang::preserve_most, gnu::noinline]] void make_room(std::size_t octets) { reserve(larger(size_ + octets)); }
    std::size_t larger(std::size_t needed) const {
        const std::size_t doubled = room_ < (1u << 20) ? room_ * 2 : room_ + room_ / 4;
        return needed < 16 ? 16 : needed > doubled ? needed : doubled;
    }

    char* octets_ = nullptr;
    std::size_t size_ = 0, room_ = 0;
};

} // namespace exo::kv
