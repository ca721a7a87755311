// See log.hpp.
#include "steward/log.hpp"

#include "secure-bindings/abi/syscall.hpp"

namespace exo::steward {

namespace {
Handle log_machine;
} // namespace

void log_open(Handle machine) {
    log_machine = machine;
}

Line& Line::operator<<(std::string_view text) {
    for (char c : text)
        if (length_ + 1 < sizeof text_)
            text_[length_++] = c;
    return *this;
}

Line& Line::operator<<(std::uint64_t value) {
    char digits[20];
    std::size_t count = 0;
    do {
        digits[count++] = static_cast<char>('0' + value % 10);
        value /= 10;
    } while (value);
    while (count)
        *this << std::string_view(&digits[--count], 1);
    return *this;
}

Line& Line::hex(std::uint64_t value) {
    *this << "0x";
    bool started = false;
    for (int shift = 60; shift >= 0; shift -= 4) {
        std::uint64_t nibble = value >> shift & 15;
        started = started || nibble || shift == 0;
        if (started)
            *this << std::string_view(&"0123456789abcdef"[nibble], 1);
    }
    return *this;
}

Line::~Line() {
    text_[length_++] = '\n';
    (void)sys::log(log_machine, text_, length_);
}

} // namespace exo::steward
