// A bit for each fid.
#include "libos/ninep/fid_table.hpp"

#include <bit>

namespace exo::ninep {

std::optional<Fid> FidTable::take() {
    for (std::size_t word = 0; word < fids_max / word_bits; ++word) {
        if (used_[word] == ~0ull)
            continue;
        const auto bit = static_cast<std::size_t>(std::countr_one(used_[word]));
        used_[word] |= 1ull << bit;
        ++in_use_;
        return Fid{static_cast<std::uint32_t>(word * word_bits + bit)};
    }
    return std::nullopt;
}

void FidTable::give_back(Fid fid) {
    if (fid.number >= fids_max)
        return;
    std::uint64_t& word = used_[fid.number / word_bits];
    const std::uint64_t bit = 1ull << (fid.number % word_bits);
    if ((word & bit) == 0)
        return;
    word &= ~bit;
    --in_use_;
}

} // namespace exo::ninep
