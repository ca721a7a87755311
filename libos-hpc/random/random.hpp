// Random bytes for getrandom, /dev/urandom and AT_RANDOM: ChaCha20 keyed with the starter's seed, with fast key
// erasure (each request replaces the key by output nobody sees).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace exo::hpc {

// The ChaCha20 block function (RFC 8439, 2.3). Pure.
void chacha20_block(const std::uint32_t (&state)[16], std::uint32_t (&output)[16]);

void fill_random(std::span<std::byte> buffer);

} // namespace exo::hpc
