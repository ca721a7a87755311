// Reed-Solomon without vectors: a table of 256 products for each coefficient, an octet at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace coding_bench {

class PlainCoder {
public:
    // Rows of coefficients, `count` in each: 1 / (i xor j) for parity row i (counted behind the data) and column j.
    PlainCoder(unsigned count, unsigned rows);
    void make(std::size_t bytes, const std::byte* const* from, std::byte* const* to) const;

private:
    unsigned count_, rows_;
    std::vector<std::array<std::uint8_t, 256>> products_;
};

} // namespace coding_bench
