// Numbers for choices that need no secrecy: xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift
// generators, scrambled").
#pragma once

#include <cstdint>

namespace exo::kv {

class Random {
public:
    explicit Random(std::uint64_t seed = 1) : state_(seed ? seed : 1) {}
    std::uint64_t operator()() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return state_ * 0x2545f4914f6cdd1d;
    }

private:
    std::uint64_t state_;
};

} // namespace exo::kv
