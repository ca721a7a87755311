// Walks over what a dump is made of, none of which is believed. Every function says false where there is no such thing;
// nothing is to be read behind that.
#pragma once

#include "libos-kv/memory/array.hpp"

namespace exo::kv {

class DumpReader {
public:
    // `room`: octets of packed strings, together.
    DumpReader(std::string_view octets, std::size_t room) : left_(octets), room_(room) {}

    bool take(std::size_t octets, std::string_view& taken);
    bool little(std::size_t octets, std::uint64_t& value);
    bool count(std::uint64_t& value);
    // A string where it stands, or made in `scratch`.
    bool string(Text& scratch, std::string_view& value);
    bool real(double& value); // not NaN

    // Whether what ended the reading was a string without room.
    bool is_too_large() const { return is_too_large_; }

private:
    // A count, or the kind of something special.
    bool length(std::uint64_t& value, bool& is_special);
    bool packed(Text& scratch);

    std::string_view left_;
    std::size_t room_;
    bool is_too_large_ = false;
};

} // namespace exo::kv
