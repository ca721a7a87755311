// The generator's state and its lock. Interface: random.hpp.
#include "libos-hpc/random/random.hpp"

#include "libos/memory/bytes.hpp"
#include "libos/start/kit.hpp"
#include "libos/thread/mutex.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

constexpr std::size_t key_words = 8, block_bytes = 64;

[[clang::no_destroy]] constinit Mutex lock;
// Constants, key, counter and nonce.
std::uint32_t state[16];
bool keyed = false;

void add_key_locked() {
    constexpr std::uint32_t constants[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    copy_bytes(state, constants, sizeof constants);
    static_assert(sizeof(StartInfo::seed) == key_words * sizeof(std::uint32_t));
    copy_bytes(state + 4, start_info().seed, sizeof(StartInfo::seed));
    std::uint64_t time = tsc(); // a seed that was used twice still gives different streams
    copy_bytes(state + 14, &time, sizeof time);
    keyed = true;
}

void next_block_locked(std::uint32_t (&output)[16]) {
    chacha20_block(state, output);
    if (++state[12] == 0)
        ++state[13];
}

} // namespace

void fill_random(std::span<std::byte> buffer) {
    MutexGuard guard(lock);
    if (!keyed)
        add_key_locked();
    std::uint32_t fresh[16];
    next_block_locked(fresh);
    std::uint32_t output[16];
    while (!buffer.empty()) {
        next_block_locked(output);
        std::size_t piece = std::min(buffer.size(), block_bytes);
        copy_bytes(buffer.data(), output, piece);
        buffer = buffer.subspan(piece);
    }
    copy_bytes(state + 4, fresh, key_words * sizeof(std::uint32_t));
}

} // namespace exo::hpc
