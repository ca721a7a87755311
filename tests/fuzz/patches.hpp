// An input taken octet by octet, and changes that it makes to a structure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace fuzz {

// What is behind the end reads as zeroes.
class Input {
public:
    explicit Input(std::span<const std::uint8_t> octets) : rest_(octets) {}

    bool is_empty() const { return rest_.empty(); }
    std::uint8_t octet() {
        if (rest_.empty())
            return 0;
        const std::uint8_t first = rest_.front();
        rest_ = rest_.subspan(1);
        return first;
    }
    std::size_t number() {
        const std::size_t low = octet();
        return low | std::size_t{octet()} << 8;
    }

private:
    std::span<const std::uint8_t> rest_;
};

// Writes up to eight octets of the input somewhere.
inline void patch(Input& input, std::span<std::byte> octets) {
    const std::size_t at = input.number();
    for (unsigned count = input.octet() % 8 + 1, i = 0; i < count; i++)
        octets[(at + i) % octets.size()] = std::byte{input.octet()};
}

} // namespace fuzz
