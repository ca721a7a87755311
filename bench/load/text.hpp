// Putting a request together, and reading a number.
#pragma once

#include "bench/load/dialect.hpp"

#include <algorithm>

namespace bench::load {

class Text {
public:
    explicit Text(std::span<char> into) : into_(into) {}

    Text& add(std::string_view text) {
        std::copy(text.begin(), text.end(), into_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += text.size();
        return *this;
    }
    Text& add_key(std::uint32_t key) {
        write_key(key, into_.subspan(size_).first<key_octets>());
        size_ += key_octets;
        return *this;
    }
    // As many octets as a value has: the key's text, again and again.
    Text& add_value(std::uint32_t key) {
        for (std::size_t part = 0; part < value_octets / key_octets; ++part)
            add_key(key);
        return *this;
    }
    std::size_t size() const { return size_; }

private:
    std::span<char> into_;
    std::size_t size_ = 0;
};

// The number that a text begins with.
inline std::uint64_t leading_number(std::string_view text) {
    std::uint64_t number = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '9')
            break;
        number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return number;
}

} // namespace bench::load
