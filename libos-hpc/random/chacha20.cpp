// Twenty rounds of additions, exclusive ors and rotations (RFC 8439, 2.1 to 2.3). Interface: random.hpp.
#include "libos-hpc/random/random.hpp"

#include <bit>

namespace exo::hpc {
namespace {

void quarter_round(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d) {
    a += b, d = std::rotl(d ^ a, 16);
    c += d, b = std::rotl(b ^ c, 12);
    a += b, d = std::rotl(d ^ a, 8);
    c += d, b = std::rotl(b ^ c, 7);
}

} // namespace

void chacha20_block(const std::uint32_t (&state)[16], std::uint32_t (&output)[16]) {
    std::uint32_t x[16];
    for (unsigned i = 0; i < 16; ++i)
        x[i] = state[i];
    for (unsigned round = 0; round < 20; round += 2) {
        for (unsigned i = 0; i < 4; ++i)
            quarter_round(x[i], x[4 + i], x[8 + i], x[12 + i]);
        for (unsigned i = 0; i < 4; ++i)
            quarter_round(x[i], x[4 + (i + 1) % 4], x[8 + (i + 2) % 4], x[12 + (i + 3) % 4]);
    }
    for (unsigned i = 0; i < 16; ++i)
        output[i] = x[i] + state[i];
}

} // namespace exo::hpc
