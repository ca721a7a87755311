// Many rounds of the same act, and the two numbers that are reported of them. Integers only, as sampling.hpp.
#pragma once

#include "bench/primitives/sampling.hpp"

namespace bench {

inline constexpr std::uint32_t rounds_max = 1000;
inline constexpr std::uint32_t rounds_smoke = 20;

class Rounds {
public:
    void add(std::uint64_t cycles) {
        if (count_ < rounds_max)
            cycles_[count_++] = cycles;
    }

    // The round that so many per cent of all rounds do not exceed.
    std::uint64_t percentile(std::uint32_t percent) {
        if (count_ == 0)
            return 0;
        std::sort(cycles_.begin(), cycles_.begin() + count_, [](std::uint64_t a, std::uint64_t b) { return a < b; });
        return cycles_[(std::uint64_t{count_} * percent + 99) / 100 - 1];
    }

private:
    std::array<std::uint64_t, rounds_max> cycles_{};
    std::uint32_t count_ = 0;
};

} // namespace bench
