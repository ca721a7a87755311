// Counts of times in buckets that grow by a quarter of a power of two, printed as `HIST name low count` lines, which
// the harness draws. Freestanding, because the library OS's side includes it.
#pragma once

#include "bench/primitives/sampling.hpp"

#include <bit>

namespace bench::network {

class Histogram {
public:
    static constexpr std::size_t buckets = 64 * 4;

    // The bucket is the position of the highest bit and the two bits below it.
    static constexpr std::size_t bucket_of(std::uint64_t cycles) {
        if (cycles < 4)
            return static_cast<std::size_t>(cycles);
        const auto top = static_cast<std::size_t>(std::bit_width(cycles)) - 1;
        return (top - 1) * 4 + ((cycles >> (top - 2)) & 3);
    }
    // The least value of a bucket.
    static constexpr std::uint64_t low_of(std::size_t bucket) {
        if (bucket < 4)
            return bucket;
        return (4ull + bucket % 4) << (bucket / 4 - 1);
    }

    void add(std::uint64_t cycles) { counts_[bucket_of(cycles)]++; }

    template <class Print>
    void print(std::string_view name, Print&& print) const {
        for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
            if (counts_[bucket] == 0)
                continue;
            char buffer[row_bytes_max];
            std::size_t length = 0;
            const auto text = [&](std::string_view part) {
                for (const char letter : part)
                    if (length < sizeof buffer)
                        buffer[length++] = letter;
            };
            const auto number = [&](std::uint64_t value) {
                char digits[20];
                std::size_t count = 0;
                do
                    digits[count++] = static_cast<char>('0' + value % 10);
                while ((value /= 10) != 0);
                while (count > 0)
                    text({&digits[--count], 1});
            };
            text("HIST ");
            text(name);
            text(" ");
            number(low_of(bucket));
            text(" ");
            number(counts_[bucket]);
            text("\n");
            print(std::string_view(buffer, length));
        }
    }

private:
    std::uint32_t counts_[buckets] = {};
};

} // namespace bench::network
