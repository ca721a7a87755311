// Field by field, little-endian, byte by byte: the wire knows no alignment.
#include "libos/ninep/encode.hpp"

#include <cstring>

namespace exo::ninep {

Encoder& Encoder::integer(std::uint64_t value, std::size_t width) {
    if (!fits_ || room_.size() - bytes_ < width) {
        fits_ = false;
        return *this;
    }
    for (std::size_t index = 0; index < width; ++index)
        room_[bytes_ + index] = static_cast<std::byte>(value >> (8 * index));
    bytes_ += width;
    return *this;
}

Encoder& Encoder::string(std::string_view text) {
    if (text.size() > UINT16_MAX) {
        fits_ = false;
        return *this;
    }
    u16(static_cast<std::uint16_t>(text.size()));
    if (!fits_ || room_.size() - bytes_ < text.size()) {
        fits_ = false;
        return *this;
    }
    if (!text.empty())
        std::memcpy(room_.data() + bytes_, text.data(), text.size());
    bytes_ += text.size();
    return *this;
}

Encoder& Encoder::header(std::uint8_t type, std::uint16_t tag) {
    return u32(0).u8(type).u16(tag);
}

void Encoder::finish(std::size_t payload_bytes) {
    if (!fits_)
        return;
    Encoder size(room_.first(4));
    size.u32(static_cast<std::uint32_t>(bytes_ + payload_bytes));
}

} // namespace exo::ninep
