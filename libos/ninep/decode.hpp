// Reads the fields of a 9P message from untrusted bytes. A field past the end reads as zero or empty and is
// remembered: callers read everything, then ask ok(). Counterpart: encode.hpp.
#pragma once

#include "libos/ninep/wire.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace exo::ninep {

class Decoder {
public:
    Decoder() = default;
    explicit Decoder(std::span<const std::byte> message) : message_(message) {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(integer(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(integer(2)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(integer(4)); }
    std::uint64_t u64() { return integer(8); }
    Qid qid();
    // The text lies in the message.
    std::string_view string();
    // The next `count` bytes; none when there are fewer.
    std::span<const std::byte> bytes(std::size_t count);

    std::size_t left() const { return message_.size() - offset_; }
    // False once something was missing.
    bool ok() const { return ok_; }

private:
    std::uint64_t integer(std::size_t width);

    std::span<const std::byte> message_;
    std::size_t offset_ = 0;
    bool ok_ = true;
};

} // namespace exo::ninep
