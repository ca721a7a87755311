// The Internet checksum's sum over regions of any length and alignment, without reading past them.
#include "secure-bindings/filter/helpers.hpp"

namespace exo::filter {

namespace {

// Sum of 16-bit words in memory order. 2^48 octets would be needed for it to wrap.
std::uint64_t sum_of(std::uint64_t address, std::uint64_t bytes) {
    // Safe: the verifier has seen that the region lies in packet, stack or scratch memory.
    const auto* octets = reinterpret_cast<const unsigned char*>(address);
    std::uint64_t sum = 0;
    std::uint64_t k = 0;
    for (; k + 4 <= bytes; k += 4) {
        std::uint32_t word;
        __builtin_memcpy(&word, octets + k, 4);
        sum += word;
    }
    std::uint32_t rest = 0;
    for (unsigned shift = 0; k < bytes; ++k, shift += 8) {
        rest |= static_cast<std::uint32_t>(octets[k]) << shift;
    }
    return sum + rest;
}

std::uint64_t folded(std::uint64_t sum) {
    sum = (sum & 0xffff'ffff) + (sum >> 32);
    sum = (sum & 0xffff'ffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (sum & 0xffff) + (sum >> 16);
}

} // namespace

std::uint64_t checksum_difference(std::uint64_t removed, std::uint64_t removed_bytes, std::uint64_t added,
                                  std::uint64_t added_bytes, std::uint64_t seed) {
    const std::uint64_t less = folded(sum_of(removed, removed_bytes));
    return folded(folded(seed) + (0xffff - less) + folded(sum_of(added, added_bytes)));
}

} // namespace exo::filter
