// The functions behind helper numbers. Those that touch the kernel are the kernel's; the checksum needs nothing and is
// here.
#pragma once

#include "secure-bindings/abi/filter.hpp"

#include <array>

namespace exo::filter {

// Arguments are R1 to R5, of which a helper uses its own. Addresses among them were checked by the verifier.
using Helper = std::uint64_t (*)(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t);

// By number less one; all are there.
using HelperTable = std::array<Helper, filter_helpers>;

// Helper `checksum` (filter_helpers.def): the sum of RFC 1071 in 16 bits, of `seed` less the region at `removed` plus
// that at `added`. A region with an odd octet is as if another of 0 followed. A checksum field holds the complement.
std::uint64_t checksum_difference(std::uint64_t removed, std::uint64_t removed_bytes, std::uint64_t added,
                                  std::uint64_t added_bytes, std::uint64_t seed);

} // namespace exo::filter
