// A finite stream of small choices: the input of a fuzzer, or bytes from a seeded generator.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace exo::test {

class ByteSource {
public:
    explicit ByteSource(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    bool empty() const { return bytes_.empty(); }
    // The next byte; zero after the last.
    std::uint8_t byte() {
        if (bytes_.empty()) {
            return 0;
        }
        const std::uint8_t value = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return value;
    }
    // One of the given values.
    template <typename T, std::size_t Count>
    T one_of(const T (&values)[Count]) {
        return values[byte() % Count];
    }

private:
    std::span<const std::uint8_t> bytes_;
};

inline std::vector<std::uint8_t> random_bytes(std::uint64_t seed, std::size_t count) {
    std::mt19937_64 generator(seed);
    std::vector<std::uint8_t> bytes(count);
    for (std::uint8_t& byte : bytes) {
        byte = static_cast<std::uint8_t>(generator());
    }
    return bytes;
}

} // namespace exo::test
