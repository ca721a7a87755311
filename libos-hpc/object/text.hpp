// Text on the kit's heap: built up piece by piece (Text) for generated files and messages, and kept as a name or path.
// When memory runs out it stays as it was and `complete` is false from then on.
#pragma once

#include "libos/memory/heap.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace exo::hpc {

class Text {
public:
    Text() = default;
    explicit Text(std::string_view text) { add(text); }
    Text(Text&& other) noexcept
        : characters_(std::exchange(other.characters_, nullptr)), size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)), complete_(std::exchange(other.complete_, true)) {}
    Text& operator=(Text&& other) noexcept {
        std::swap(characters_, other.characters_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        std::swap(complete_, other.complete_);
        return *this;
    }
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;
    ~Text() { heap_free(characters_); }

    Text& add(std::string_view text);
    Text& add(char character) { return add(std::string_view(&character, 1)); }
    Text& decimal(std::uint64_t number, unsigned width = 0, char filler = ' ');
    Text& signed_decimal(std::int64_t number);
    Text& hexadecimal(std::uint64_t number, unsigned width = 0, char filler = '0');
    // Adds a space or filler until the line that began at `line_start` is `column` long.
    Text& pad_to(std::size_t line_start, std::size_t column);
    void shorten(std::size_t size) { size_ = size < size_ ? size : size_; }
    void clear() { size_ = 0; }

    std::string_view view() const { return {characters_, size_}; }
    std::size_t size() const { return size_; }
    bool complete() const { return complete_; }

private:
    Text& number(std::uint64_t value, unsigned base, unsigned width, char filler);

    char* characters_ = nullptr;
    std::size_t size_ = 0, capacity_ = 0;
    bool complete_ = true;
};

} // namespace exo::hpc
