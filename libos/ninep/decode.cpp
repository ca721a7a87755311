// Field by field, little-endian, byte by byte.
#include "libos/ninep/decode.hpp"

namespace exo::ninep {

std::span<const std::byte> Decoder::bytes(std::size_t count) {
    if (!ok_ || count > left()) {
        ok_ = false;
        return {};
    }
    const auto taken = message_.subspan(offset_, count);
    offset_ += count;
    return taken;
}

std::uint64_t Decoder::integer(std::size_t width) {
    const auto taken = bytes(width);
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < taken.size(); ++index)
        value |= static_cast<std::uint64_t>(taken[index]) << (8 * index);
    return value;
}

Qid Decoder::qid() {
    Qid qid;
    qid.type = u8();
    qid.version = u32();
    qid.path = u64();
    return qid;
}

std::string_view Decoder::string() {
    const auto text = bytes(u16());
    // Safe: characters may alias anything, and the span lies in the message.
    return {reinterpret_cast<const char*>(text.data()), text.size()};
}

} // namespace exo::ninep
