// Memory that a NIC may read where it lies, in whole blocks: octets anywhere in it are sent without a copy. The NIC
// knows an address by how far it is from `base`. Which blocks those are: lend_frames.hpp.
#pragma once

#include "libos/net/packet.hpp"

namespace exo::net {

class LentMemory {
public:
    static constexpr std::size_t block_bytes = 2u << 20; // a large page of the IOMMU

    LentMemory() = default;
    LentMemory(const LentMemory&) = delete; // views refer to its book
    LentMemory& operator=(const LentMemory&) = delete;

    // Blocks from `base` on, a bit each in `bits`, none of them lent. Both outlive it.
    void open(const std::byte* base, std::span<std::uint64_t> bits) {
        base_ = base;
        bits_ = bits;
        for (std::uint64_t& word : bits)
            word = 0;
    }
    std::size_t blocks() const { return bits_.size() * bits_a_word; }
    bool is_lent(std::size_t block) const {
        return block < blocks() && (bits_[block / bits_a_word] >> block % bits_a_word & 1) != 0;
    }
    void set_lent(std::size_t block, bool lent) {
        const std::uint64_t bit = std::uint64_t{1} << block % bits_a_word;
        std::uint64_t& word = bits_[block / bits_a_word];
        word = lent ? word | bit : word & ~bit;
    }

    // Whether all of the octets, which are at least one and no more than a block, may be read.
    bool covers(const std::byte* at, std::size_t octets) const {
        // Below the base the difference wraps around and is beyond the end, too.
        const auto from = static_cast<std::size_t>(at - base_);
        const std::size_t first = from / block_bytes, last = (from + octets - 1) / block_bytes;
        return is_lent(first) && (first == last || is_lent(last));
    }
    std::uint64_t device_address(const std::byte* at) const { return static_cast<std::uint64_t>(at - base_); }
    // Counts who shows octets of it; has none itself.
    Packet& book() { return book_; }

private:
    static constexpr std::size_t bits_a_word = 64;

    const std::byte* base_ = nullptr;
    std::span<std::uint64_t> bits_;
    Packet book_{};
};

} // namespace exo::net
