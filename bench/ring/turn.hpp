// One turn of a measurement: it ends by the clock, whatever else the host does.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <print>
#include <string_view>

namespace bench::ring {

using Clock = std::chrono::steady_clock;

inline void require(bool holds, std::string_view what) {
    if (!holds) {
        std::println(stderr, "bench ring: {}", what);
        std::exit(1);
    }
}

// The clock is looked at now and then only, because that costs as much as a ring does.
class Turn {
public:
    explicit Turn(Clock::duration length) : length_(length) {}

    // So many more requests were answered; false: that is enough.
    bool count(std::size_t requests) {
        constexpr std::size_t between_looks = 64;
        count_ += requests;
        if (count_ % between_looks != 0)
            return true;
        took_ = Clock::now() - began_;
        return took_ < length_;
    }
    double nanoseconds_each() const {
        return std::chrono::duration<double, std::nano>(took_).count() / static_cast<double>(count_);
    }

private:
    const Clock::duration length_;
    const Clock::time_point began_ = Clock::now();
    Clock::duration took_{};
    std::size_t count_ = 0;
};

} // namespace bench::ring
