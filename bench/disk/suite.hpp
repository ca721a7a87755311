// The measurements both systems run over a Lane (lane.hpp), printed as ROW lines. Freestanding.
#pragma once

#include "bench/disk/lane.hpp"
#include "bench/primitives/sampling.hpp"

namespace bench::disk {

template <class Lane>
class DiskSuite {
public:
    explicit DiskSuite(Lane& lane) : lane_(lane) {}

    // `counting`: the TSC counts instructions; without it nothing is measured, as there is nothing to say of times.
    // False when a read failed, or did not end.
    bool run(bool counting) { return !counting || count(); }

private:
    bool count() { return count_reads(1, "read_4k") && count_reads(depth_max, "read_4k_of_32"); }
    static constexpr std::uint32_t rounds = 101;
    static constexpr std::uint64_t passed_instructions = 400'000; // while the disk works and its interrupt is taken
    static constexpr std::uint32_t passes_max = 100;

    std::uint64_t next_page() { return position_ = (position_ + 104'729) % disk_pages; } // a prime

    // What `depth` reads cost: to give, to handle whatever interrupts, and to take; without what only waits.
    bool count_reads(std::uint32_t depth, std::string_view name) {
        for (std::uint32_t round = 0; round < rounds; ++round) {
            const std::uint64_t begin = read_tsc();
            for (std::uint32_t slot = 0; slot < depth; ++slot)
                lane_.give(slot, next_page());
            lane_.ring();
            std::uint64_t passed = 0;
            std::uint32_t ended = 0;
            for (std::uint32_t tries = 0; ended < depth; ++tries) {
                if (tries == passes_max)
                    return false;
                pass_instructions(passed_instructions);
                passed += passed_instructions;
                const int now = lane_.take();
                if (now < 0)
                    return false;
                ended += static_cast<std::uint32_t>(now);
            }
            samples_[round] = (read_tsc() - begin - passed) * 1000 / depth;
        }
        std::sort(samples_, samples_ + rounds, [](std::uint64_t a, std::uint64_t b) { return a < b; });
        char buffer[row_bytes_max];
        lane_.print(format_row(buffer, name, "instructions", samples_[rounds / 2]));
        return true;
    }

    Lane& lane_;
    std::uint64_t position_ = 0;
    std::uint64_t samples_[rounds] = {};
};

} // namespace bench::disk
