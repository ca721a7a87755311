// Sums over a vector that are the same bit for bit whatever the number of
// threads: the vector is cut into blocks of a fixed size, each block is summed in
// order by whichever thread has it, and the blocks' sums are added in order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace cg {

// Small enough that a few thousand unknowns still spread over many threads.
inline constexpr std::int64_t block_size = 64;

class BlockSums {
public:
    explicit BlockSums(std::int64_t length) : length_(length), sums_((length + block_size - 1) / block_size, 0.0) {}

    std::int64_t blocks() const { return static_cast<std::int64_t>(sums_.size()); }
    std::int64_t begin(std::int64_t block) const { return block * block_size; }
    std::int64_t end(std::int64_t block) const { return std::min(length_, (block + 1) * block_size); }

    // Each block by one thread; no two threads set the same one.
    void set(std::int64_t block, double sum) { sums_[block] = sum; }
    // By one thread, after all blocks are set.
    double total() const {
        double sum = 0;
        for (const double part : sums_) {
            sum += part;
        }
        return sum;
    }

private:
    std::int64_t length_;
    std::vector<double> sums_;
};

} // namespace cg
