// Numbers nobody outside can guess, from a seed: ports, identifications, initial sequence numbers (RFC 6056, 6528).
// SipHash-2-4 over a counter, or over what is given.
#pragma once

#include <array>
#include <cstdint>

namespace exo::net {

using Seed = std::array<std::uint64_t, 4>;

// SipHash-2-4 (Aumasson, Bernstein) of two words under a key of two.
std::uint64_t keyed_hash(std::uint64_t key0, std::uint64_t key1, std::uint64_t word0, std::uint64_t word1);

class Random {
public:
    void open(const Seed& seed) {
        seed_ = seed;
        count_ = 0;
    }
    std::uint64_t next() { return keyed_hash(seed_[0], seed_[1], count_++, seed_[2]); }
    std::uint32_t next32() { return static_cast<std::uint32_t>(next()); }
    // The same for the same words, as long as the seed is.
    std::uint64_t of(std::uint64_t word0, std::uint64_t word1) const {
        return keyed_hash(seed_[2], seed_[3], word0, word1);
    }

private:
    Seed seed_{};
    std::uint64_t count_ = 0;
};

} // namespace exo::net
