// Reed-Solomon codes over GF(2^8), by ISA-L: out of k data units and m parity units of the same size, any k give back
// all others. Units are numbered 0 to k-1 (data) and k to k+m-1 (parity); sets of them are bits.
#pragma once

#include "libos/coding/vector_unit.hpp"

#include <cstddef>
#include <cstdint>

namespace exo::coding {

inline constexpr unsigned data_units_max = 16, parity_units_max = 4, units_max = data_units_max + parity_units_max;

// How to make some units out of others.
class Recipe {
public:
    unsigned source_count() const { return sources_; }
    unsigned source(unsigned at) const { return source_[at]; }
    unsigned target_count() const { return targets_; }
    unsigned target(unsigned at) const { return target_[at]; }

    // Makes the targets' contents from the sources', in that order; `bytes` is a multiple of 64.
    void make(std::size_t bytes, const std::byte* const* sources, std::byte* const* targets) const;
    // The same for whoever makes many in a row, and keeps the vector registers once for all: `use` is of
    // vector_level().
    void make(const VectorUse& use, std::size_t bytes, const std::byte* const* sources,
              std::byte* const* targets) const;

private:
    friend class ErasureCode;
    unsigned sources_ = 0, targets_ = 0;
    std::uint8_t source_[data_units_max] = {}, target_[parity_units_max] = {};
    unsigned char tables_[parity_units_max * data_units_max * 32];
};

class ErasureCode {
public:
    static bool is_possible(unsigned data, unsigned parity) {
        return data >= 1 && data <= data_units_max && parity >= 1 && parity <= parity_units_max;
    }
    // A code that is possible.
    ErasureCode(unsigned data, unsigned parity);

    unsigned data() const { return data_; }
    unsigned parity() const { return parity_; }
    unsigned units() const { return data_ + parity_; }

    // All parity from all data.
    const Recipe& encoding() const { return encoding_; }
    // The units of `wanted`, at most `parity`, from k of those of `usable`, data first. False: there are too few.
    bool decoding(std::uint32_t usable, std::uint32_t wanted, Recipe& recipe) const;

private:
    unsigned data_, parity_;
    unsigned char matrix_[units_max * data_units_max]; // a row a unit; the first k are those of the identity
    Recipe encoding_;
};

} // namespace exo::coding
