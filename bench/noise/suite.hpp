// What disturbs a program that only computes. Two classic probes in one loop that both
// systems run: fixed work quanta (the same work again and again, how long does it take)
// and selfish detour (read the clock without end, note every gap). Around both stand the
// system's own counters of interrupts and kernel entries. Integers only, as sampling.hpp.
//
// A Port offers: interrupts(), kernel_entries() (both counted for this core or vcore,
// since any fixed moment), print(std::string_view).
#pragma once

#include "bench/primitives/sampling.hpp"

namespace bench {

struct NoiseEffort {
    std::uint32_t quanta;        // of quantum_instructions each
    std::uint32_t clock_samples; // of the selfish loop
};

inline constexpr std::uint32_t quantum_instructions = 1'000'000;
inline constexpr NoiseEffort noise_measure{.quanta = 1000, .clock_samples = 20'000'000}; // 10^9 instructions in quanta
inline constexpr NoiseEffort noise_smoke{.quanta = 10, .clock_samples = 20'000};

// A gap this many times the loop's usual one is time that somebody else had.
inline constexpr std::uint64_t detour_factor = 16;

inline void quantum() {
    std::uint64_t rounds = quantum_instructions / 2;
    // Safe: touches one register.
    asm volatile("1: dec %0\n\tjnz 1b" : "+r"(rounds) : : "cc");
}

template <class Port>
class NoiseSuite {
public:
    NoiseSuite(Port& port, const NoiseEffort& effort) : port_(port), effort_(effort) {}

    void run() {
        fixed_work(2); // code and clock once untimed
        const std::uint64_t entries = port_.kernel_entries(), interrupts = port_.interrupts();
        const Quanta quanta = fixed_work(effort_.quanta);
        const Detours detours = selfish();
        const std::uint64_t interrupts_after = port_.interrupts(), entries_after = port_.kernel_entries();

        print("interrupts", "count", (interrupts_after - interrupts) * 1000);
        print("kernel_entries", "count", (entries_after - entries) * 1000);
        print("fwq_quantum", "cycles", quanta.total * 1000 / effort_.quanta);
        print("fwq_excess", "cycles", (quanta.total - quanta.least * effort_.quanta) * 1000);
        print("fwq_worst", "cycles", (quanta.greatest - quanta.least) * 1000);
        print("selfish_detours", "count", detours.count * 1000);
        print("selfish_share", "ppm", detours.cycles * 1'000'000 / detours.span * 1000);
        print("selfish_longest", "cycles", detours.longest * 1000);
    }

private:
    struct Quanta {
        std::uint64_t total = 0, least = ~0ull, greatest = 0;
    };
    struct Detours {
        std::uint64_t count = 0, cycles = 0, longest = 0, span = 1;
    };

    static Quanta fixed_work(std::uint32_t count) {
        Quanta found;
        std::uint64_t before = read_tsc();
        for (std::uint32_t i = 0; i < count; ++i) {
            quantum();
            const std::uint64_t now = read_tsc();
            const std::uint64_t cycles = now - before;
            before = now;
            found.total += cycles;
            found.least = std::min(found.least, cycles);
            found.greatest = std::max(found.greatest, cycles);
        }
        return found;
    }

    Detours selfish() const {
        const std::uint64_t threshold = usual_gap() * detour_factor;
        Detours found;
        const std::uint64_t start = read_tsc();
        std::uint64_t before = start;
        for (std::uint32_t i = 0; i < effort_.clock_samples; ++i) {
            const std::uint64_t now = read_tsc();
            const std::uint64_t gap = now - before;
            before = now;
            if (gap <= threshold)
                continue;
            ++found.count;
            found.cycles += gap;
            found.longest = std::max(found.longest, gap);
        }
        found.span = std::max<std::uint64_t>(read_tsc() - start, 1);
        return found;
    }

    static std::uint64_t usual_gap() {
        std::array<std::uint64_t, 101> gaps{};
        std::uint64_t before = read_tsc();
        for (std::uint64_t& gap : gaps) {
            const std::uint64_t now = read_tsc();
            gap = now - before;
            before = now;
        }
        std::nth_element(gaps.begin(), gaps.begin() + gaps.size() / 2, gaps.end());
        return std::max<std::uint64_t>(gaps[gaps.size() / 2], 1);
    }

    void print(std::string_view name, std::string_view unit, std::uint64_t thousandths) {
        char buffer[row_bytes_max];
        port_.print(format_row(buffer, name, unit, thousandths));
    }

    Port& port_;
    NoiseEffort effort_;
};

} // namespace bench
