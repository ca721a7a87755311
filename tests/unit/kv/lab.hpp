// What the tests of the store share: randomness from a seed that is printed, texts in which keys collide often, and a
// check that no memory stays counted.
#pragma once

#include "libos-kv/memory/allocate.hpp"

#include <cstdint>
#include <doctest/doctest.h>
#include <random>
#include <string>

namespace kv_test {

using namespace exo::kv;

// EXO_SEED, or the one that is used when nobody chooses.
std::uint64_t chosen_seed();

class Dice {
public:
    Dice() : seed(chosen_seed()), numbers_(seed) { MESSAGE("seed ", seed); }

    const std::uint64_t seed;

    std::uint64_t bits() { return numbers_(); }
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(numbers_() % limit); }
    bool one_in(std::size_t limit) { return below(limit) == 0; }
    // A number of any magnitude.
    std::int64_t number() { return static_cast<std::int64_t>(numbers_()) >> below(64); }
    // One of `names` keys, the same text for the same number.
    std::string name(std::size_t names);
    // Octets, a number's text, or nothing; seldom long.
    std::string value(std::size_t longest = 300);

private:
    std::mt19937_64 numbers_;
};

// At its end as much memory is in use as at its beginning: every block was released, and with its own size.
class MemoryCheck {
public:
    MemoryCheck() : before_(used_bytes()) {}
    MemoryCheck(const MemoryCheck&) = delete;
    MemoryCheck& operator=(const MemoryCheck&) = delete;
    ~MemoryCheck() { CHECK(used_bytes() == before_); }

private:
    std::size_t before_;
};

} // namespace kv_test
