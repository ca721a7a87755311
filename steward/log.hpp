// What the steward says on the kernel's log: whole lines, built from words and numbers.
#pragma once

#include "secure-bindings/abi/types.hpp"

#include <string_view>

namespace exo::steward {

void log_open(Handle machine);

// Written when it goes out of scope.
class Line {
public:
    explicit Line(std::string_view prefix = "steward: ") { *this << prefix; }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    Line& operator<<(std::string_view text);
    Line& operator<<(std::uint64_t value); // decimal
    Line& hex(std::uint64_t value);
    ~Line(); // writes it

private:
    char text_[512];
    std::size_t length_ = 0;
};

} // namespace exo::steward
