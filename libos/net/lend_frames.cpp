// See lend_frames.hpp.
#include "libos/net/lend_frames.hpp"

#include "libos/memory/frame_allocator.hpp"
#include "libos/memory/heap.hpp"
#include "libos/start/kit.hpp"

#include <algorithm>

namespace exo::net {

namespace {

static_assert(LentMemory::block_bytes == frames_per_large * page_bytes);

// The whole blocks of a run that its starter left free.
struct Blocks {
    std::uint64_t first, end;

    explicit Blocks(const StartFrames& run)
        : first((run.free + frames_per_large - 1) / frames_per_large), end((run.first + run.count) / frames_per_large) {
    }
};

std::span<const StartFrames> runs() {
    const StartInfo& start = start_info();
    return std::span(start.frame_runs).first(start.frame_run_count);
}

} // namespace

void lend_frames(Port& port, LentMemory& memory) {
    std::uint64_t end = 0, blocks_there = 0;
    for (const StartFrames& run : runs()) {
        end = std::max(end, Blocks(run).end);
        blocks_there += run.count / frames_per_large;
    }
    // Tables that devices of the program may yet need: one a block at most, and seldom one.
    constexpr std::uint64_t pairs_least = 64, blocks_a_pair = 4, bits_a_word = 64;
    if (!frames().reserve_pairs(pairs_least + blocks_there / blocks_a_pair))
        return;
    const std::size_t words = (end + bits_a_word - 1) / bits_a_word;
    auto* const bits = static_cast<std::uint64_t*>(heap_allocate(words * sizeof(std::uint64_t)));
    if (!bits)
        return;
    // Safe: the number only; the direct map begins there.
    memory.open(reinterpret_cast<const std::byte*>(direct_map_address), {bits, words});
    for (const StartFrames& run : runs())
        for (std::uint64_t block = Blocks(run).first; block < Blocks(run).end; block++)
            memory.set_lent(block, true);
    frames().each_free_pair([&](std::uint64_t frame) { memory.set_lent(frame / frames_per_large, false); });
    port.lend(memory); // which leaves out what holds tables
}

} // namespace exo::net
