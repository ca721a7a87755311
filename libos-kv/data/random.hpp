// Numbers for choices that need no secrecy: xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift
// generators, scrambled").
#pragma once

#include <cstdint>

namespace exo::kv {

class Random {
public:
    explicit Random(std::uint64_t seed = 1) : state_(seed ? seed : 1) {}
    // One of many of the same seed, which are no more alike than those of different seeds (the mix of splitmix64:
    // Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
    Random(std::uint64_t seed, std::uint64_t number) : Random(mix(seed + number * 0x9e3779b97f4a7c15)) {}
    std::uint64_t operator()() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return state_ * 0x2545f4914f6cdd1d;
    }

private:
    static constexpr std::uint64_t mix(std::uint64_t value) {
        value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
        value = (value ^ value >> 27) * 0x94d049bb133111eb;
        return value ^ value >> 31;
    }

    std::uint64_t state_;
};

} // namespace exo::kv
