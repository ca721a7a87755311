// Checksums and codes by their definitions, slow and unlike what they are held to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace coding_test {

using Octets = std::vector<std::byte>;

std::uint32_t crc32c_by_bits(std::span<const std::byte> octets);
std::uint64_t crc64_by_bits(std::span<const std::byte> octets);

// Products and sums in GF(2^8) with x^8 + x^4 + x^3 + x^2 + 1.
std::uint8_t product(std::uint8_t left, std::uint8_t right);
// The parity units of a code whose parity row i, column j is 1 / (i xor j), units counted through data and parity.
std::vector<Octets> parity_of(std::span<const Octets> data, unsigned parity);

} // namespace coding_test
