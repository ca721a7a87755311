// Building text: growth by doubling, numbers by digits. Interface: text.hpp.
#include "libos-hpc/object/text.hpp"

#include "libos/memory/bytes.hpp"

namespace exo::hpc {

Text& Text::add(std::string_view text) {
    if (capacity_ - size_ < text.size()) {
        std::size_t capacity = capacity_ ? capacity_ : 64;
        while (capacity - size_ < text.size())
            capacity *= 2;
        auto* characters = static_cast<char*>(heap_allocate(capacity));
        if (!characters) {
            complete_ = false;
            return *this;
        }
        copy_bytes(characters, characters_, size_);
        heap_free(characters_);
        characters_ = characters;
        capacity_ = capacity;
    }
    copy_bytes(characters_ + size_, text.data(), text.size());
    size_ += text.size();
    return *this;
}

Text& Text::number(std::uint64_t value, unsigned base, unsigned width, char filler) {
    char digits[24];
    std::size_t place = sizeof digits;
    do {
        digits[--place] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    std::size_t count = sizeof digits - place;
    for (std::size_t i = count; i < width; ++i)
        add(filler);
    return add(std::string_view(digits + place, count));
}

Text& Text::decimal(std::uint64_t value, unsigned width, char filler) {
    return number(value, 10, width, filler);
}
Text& Text::hexadecimal(std::uint64_t value, unsigned width, char filler) {
    return number(value, 16, width, filler);
}

Text& Text::signed_decimal(std::int64_t value) {
    if (value < 0) {
        add('-');
        return decimal(~static_cast<std::uint64_t>(value) + 1);
    }
    return decimal(static_cast<std::uint64_t>(value));
}

Text& Text::pad_to(std::size_t line_start, std::size_t column) {
    while (complete_ && size_ - line_start < column)
        add(' ');
    return *this;
}

} // namespace exo::hpc
