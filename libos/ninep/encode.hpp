// Writes the fields of a 9P message into a buffer of fixed size. Running out of room is remembered, not reported at
// once. Counterpart: decode.hpp.
#pragma once

#include "libos/ninep/wire.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace exo::ninep {

class Encoder {
public:
    Encoder() = default;
    explicit Encoder(std::span<std::byte> room) : room_(room) {}

    Encoder& u8(std::uint8_t value) { return integer(value, 1); }
    Encoder& u16(std::uint16_t value) { return integer(value, 2); }
    Encoder& u32(std::uint32_t value) { return integer(value, 4); }
    Encoder& u64(std::uint64_t value) { return integer(value, 8); }
    Encoder& string(std::string_view text);

    // Leaves room for the size, and writes type and tag. Always the first.
    Encoder& header(std::uint8_t type, std::uint16_t tag);
    // Fills the size in: what was encoded and `payload_bytes` that follow it elsewhere.
    void finish(std::size_t payload_bytes = 0);

    std::size_t bytes() const { return bytes_; }
    // False when something did not fit; the message must not be sent then.
    bool fits() const { return fits_; }

private:
    Encoder& integer(std::uint64_t value, std::size_t width);

    std::span<std::byte> room_;
    std::size_t bytes_ = 0;
    bool fits_ = true;
};

} // namespace exo::ninep
