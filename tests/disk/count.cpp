// Guest instructions for one 4 KiB read, giving and taking. Only `exo run --icount` makes the TSC count instructions;
// otherwise these are cycles.
#include "tests/disk/check.hpp"

#include <algorithm>

namespace disk_tests {

void count_instructions(Device& disk) {
    const std::uint32_t blocks = 4096 / disk.block_bytes();
    for (const std::uint16_t depth : {std::uint16_t{1}, std::uint16_t{32}}) {
        const Buffer memory(disk, depth * 4096u);
        constexpr unsigned rounds = 200;
        std::uint64_t giving = 0, taking = 0, measuring = ~0ull, looks = 0;
        for (unsigned round = 0; round < rounds; ++round) {
            Command commands[32];
            for (std::uint16_t index = 0; index < depth; ++index)
                commands[index] = transfer(Operation::Read, (round * 37u + index) % 128 * blocks, blocks,
                                           memory.piece(index * 4096u, 4096));
            const std::uint64_t begin = exo::tsc();
            const std::uint64_t empty = exo::tsc();
            measuring = std::min(measuring, empty - begin);
            const std::uint64_t before = exo::tsc();
            LAB_CHECK(disk.submit({commands, depth}) == depth);
            giving += exo::tsc() - before;
            // Only looks that found something count; between them the device has time.
            for (std::size_t ended = 0; ended < depth;) {
                for (unsigned turn = 0; turn < 10'000; ++turn)
                    exo::pause();
                Completion done[32];
                const std::uint64_t before_taking = exo::tsc();
                const std::size_t count = disk.poll(done);
                const std::uint64_t spent = exo::tsc() - before_taking;
                ended += count;
                if (count != 0) {
                    taking += spent;
                    ++looks;
                }
            }
        }
        exo::log_line({{"4 KiB read, "},
                       exo::decimal(depth),
                       {" at once: instructions to give "},
                       exo::decimal((giving - rounds * measuring) / (rounds * depth)),
                       {", to take "},
                       exo::decimal((taking - looks * measuring) / (rounds * depth))});
    }
}

} // namespace disk_tests
