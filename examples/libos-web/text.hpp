// Putting a line of text together in a buffer of fixed size; what does not fit is left out.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace web {

class Text {
public:
    explicit Text(std::span<char> into) : into_(into) {}

    Text& add(std::string_view text) {
        const std::size_t part = text.size() <= into_.size() - size_ ? text.size() : into_.size() - size_;
        std::memcpy(into_.data() + size_, text.data(), part);
        size_ += part;
        return *this;
    }
    Text& add_number(std::uint64_t number) {
        char digits[20];
        std::size_t at = sizeof digits;
        do
            digits[--at] = static_cast<char>('0' + number % 10);
        while (number /= 10);
        return add({digits + at, sizeof digits - at});
    }
    Text& add_hex(std::uint32_t number) {
        for (int shift = 28; shift >= 0; shift -= 4)
            add({&"0123456789abcdef"[number >> shift & 15], 1});
        return *this;
    }
    std::size_t size() const { return size_; }

private:
    std::span<char> into_;
    std::size_t size_ = 0;
};

} // namespace web
