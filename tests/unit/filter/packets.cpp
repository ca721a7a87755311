// Frames are put together octet by octet.
#include "tests/unit/filter/packets.hpp"

namespace exo::test {

namespace {

void put(Octets& out, std::uint64_t value, unsigned bytes) {
    while (bytes-- > 0)
        out.push_back(static_cast<std::uint8_t>(value >> (8 * bytes)));
}

void set_checksum(Octets& out, std::size_t start, std::size_t bytes, std::size_t field) {
    const auto checksum = static_cast<std::uint16_t>(~sum_of(std::span(out).subspan(start, bytes)));
    out[field] = static_cast<std::uint8_t>(checksum >> 8);
    out[field + 1] = static_cast<std::uint8_t>(checksum);
}

} // namespace

std::uint16_t sum_of(std::span<const std::uint8_t> octets) {
    std::uint64_t sum = 0;
    for (std::size_t k = 0; k < octets.size(); ++k)
        sum += k % 2 == 0 ? std::uint64_t{octets[k]} << 8 : octets[k];
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

Octets octets_of(const Frame& frame) {
    Octets out;
    put(out, 0x5254'0012'3456, 6);
    put(out, 0x5254'00aa'bbcc, 6);
    put(out, frame.type, 2);
    const std::size_t above = frame.protocol == 6 ? 20 : 8;
    put(out, 0x40 | frame.header_words, 1);
    put(out, 0, 1);
    put(out, 4 * frame.header_words + above + frame.payload.size(), 2);
    put(out, 0x1234, 2);
    put(out, frame.fragment, 2);
    put(out, frame.hops, 1);
    put(out, frame.protocol, 1);
    put(out, 0, 2);
    put(out, frame.from, 4);
    put(out, frame.to, 4);
    for (unsigned k = 20; k < 4 * frame.header_words; ++k)
        put(out, k - 19, 1);
    set_checksum(out, 14, 4 * frame.header_words, 24);
    const std::size_t transport = out.size();
    if (frame.protocol == 1) {
        put(out, 0x0800'0000, 4);
        put(out, 0x0001'0001, 4);
    } else {
        put(out, frame.from_port, 2);
        put(out, frame.to_port, 2);
    }
    if (frame.protocol == 6) {
        put(out, 0, 8);
        put(out, 0x5002'1000, 4);
        put(out, 0, 4);
    } else if (frame.protocol != 1) {
        put(out, 8 + frame.payload.size(), 2);
        put(out, 0, 2);
    }
    out.insert(out.end(), frame.payload.begin(), frame.payload.end());
    if (frame.protocol == 1)
        set_checksum(out, transport, out.size() - transport, transport + 2);
    return out;
}

} // namespace exo::test
