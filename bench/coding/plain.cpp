// See plain.hpp.
#include "bench/coding/plain.hpp"

namespace coding_bench {

namespace {

std::uint8_t product(unsigned left, unsigned right) {
    unsigned sum = 0;
    for (; right; right >>= 1, left = left << 1 ^ (left & 0x80 ? 0x11d : 0))
        sum ^= right & 1 ? left : 0;
    return static_cast<std::uint8_t>(sum);
}

std::uint8_t inverse(unsigned value) {
    unsigned other = 1;
    while (product(value, other) != 1)
        other++;
    return static_cast<std::uint8_t>(other);
}

} // namespace

PlainCoder::PlainCoder(unsigned count, unsigned rows) : count_(count), rows_(rows), products_(count * rows) {
    for (unsigned row = 0; row < rows; row++)
        for (unsigned column = 0; column < count; column++)
            for (unsigned value = 0; value < 256; value++)
                products_[row * count + column][value] = product(value, inverse((count + row) ^ column));
}

void PlainCoder::make(std::size_t bytes, const std::byte* const* from, std::byte* const* to) const {
    for (unsigned row = 0; row < rows_; row++)
        for (unsigned column = 0; column < count_; column++) {
            const auto& table = products_[row * count_ + column];
            for (std::size_t at = 0; at < bytes; at++) {
                const std::byte made{table[static_cast<std::uint8_t>(from[column][at])]};
                to[row][at] = column ? to[row][at] ^ made : made;
            }
        }
}

} // namespace coding_bench
