// Which fids are in use. A fid is the client's name for a file of the server, from a walk or attach to its clunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace exo::ninep {

inline constexpr std::size_t fids_max = 1024;

// A claim: the server decides what the fid means, and whether it means anything.
struct Fid {
    std::uint32_t number;
};

class FidTable {
public:
    std::optional<Fid> take();
    void give_back(Fid fid);
    std::size_t in_use() const { return in_use_; }

private:
    static constexpr std::size_t word_bits = 64;
    std::uint64_t used_[fids_max / word_bits] = {};
    std::size_t in_use_ = 0;
};

} // namespace exo::ninep
