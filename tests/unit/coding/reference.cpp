// See reference.hpp.
#include "tests/unit/coding/reference.hpp"

namespace coding_test {

namespace {
template <typename Word>
Word crc_by_bits(std::span<const std::byte> octets, Word polynomial) {
    Word sum = ~Word{0};
    for (const std::byte octet : octets) {
        sum ^= static_cast<Word>(octet);
        for (int bit = 0; bit < 8; bit++)
            sum = static_cast<Word>(sum >> 1 ^ (sum & 1 ? polynomial : 0));
    }
    return ~sum;
}

std::uint8_t inverse(std::uint8_t value) {
    for (unsigned other = 1; other < 256; other++)
        if (product(value, static_cast<std::uint8_t>(other)) == 1)
            return static_cast<std::uint8_t>(other);
    return 0;
}
} // namespace

std::uint32_t crc32c_by_bits(std::span<const std::byte> octets) {
    return crc_by_bits<std::uint32_t>(octets, 0x82f63b78);
}

std::uint64_t crc64_by_bits(std::span<const std::byte> octets) {
    return crc_by_bits<std::uint64_t>(octets, 0xc96c5795d7870f42);
}

std::uint8_t product(std::uint8_t left, std::uint8_t right) {
    unsigned sum = 0, shifted = left;
    for (; right; right = static_cast<std::uint8_t>(right >> 1)) {
        if (right & 1)
            sum ^= shifted;
        shifted <<= 1;
        if (shifted & 0x100)
            shifted ^= 0x11d;
    }
    return static_cast<std::uint8_t>(sum);
}

std::vector<Octets> parity_of(std::span<const Octets> data, unsigned parity) {
    std::vector<Octets> units;
    for (unsigned row = 0; row < parity; row++) {
        Octets unit(data.front().size());
        for (std::size_t column = 0; column < data.size(); column++) {
            const std::uint8_t factor = inverse(static_cast<std::uint8_t>((data.size() + row) ^ column));
            for (std::size_t at = 0; at < unit.size(); at++)
                unit[at] ^= std::byte{product(static_cast<std::uint8_t>(data[column][at]), factor)};
        }
        units.push_back(std::move(unit));
    }
    return units;
}

} // namespace coding_test
