// Protection and fault rows: the trap, and the four page-protection primitives of
// Appel & Li, "Virtual Memory Primitives for User Programs" (ASPLOS 1991), with the
// page counts of the Exokernel papers. Any Port of suite.hpp; no system call here.
#pragma once

#include "bench/primitives/sampling.hpp"

namespace bench {

inline constexpr std::size_t page_bytes = 4096;
inline constexpr std::uint32_t protected_pages = 100;
inline constexpr std::uint32_t demand_pages = 64;

enum class AfterTrap { retry, skip }; // run the faulting store again, or step over it

// A store whose encoding is fixed, so that a handler can step over it.
inline constexpr std::size_t store_bytes = 3;
inline void store(std::byte* target) {
    // Safe: writes one byte of the caller's page, or traps to the handler under test.
    asm volatile(".byte 0xc6, 0x07, 0x01" : : "D"(target) : "memory"); // movb $1, (%rdi)
}

// Visits 0..99 once each in an order with no neighbours: 37 is coprime to 100.
constexpr std::uint32_t scattered(std::uint32_t step) {
    return step * 37 % protected_pages;
}

template <class Port>
struct MemoryRows {
    Port& port;
    std::byte* pages = port.touched_pages(protected_pages);
    std::uint32_t step = 0; // of appel1, carried from trap to trap

    std::byte* page(std::uint32_t index) { return pages + std::size_t{index} * page_bytes; }

    // Store to a protected page, user handler, back behind the store.
    std::uint64_t trap(std::uint32_t operations) {
        port.on_trap([](void*, std::byte*) { return AfterTrap::skip; }, this);
        port.protect(page(0), 1);
        const std::uint64_t start = read_tsc();
        for (std::uint32_t i = 0; i < operations; ++i)
            store(page(0));
        const std::uint64_t cycles = read_tsc() - start;
        port.unprotect(page(0), 1);
        return cycles;
    }

    // One page in the middle of others made read-only; made writable again untimed.
    std::uint64_t prot1(std::uint32_t operations) {
        return timed_pairs(
            operations, [&](std::uint32_t i) { port.protect(page(scattered(i)), 1); },
            [&](std::uint32_t i) { port.unprotect(page(scattered(i)), 1); });
    }

    // A hundred pages made read-only by one request.
    std::uint64_t prot100(std::uint32_t operations) {
        return timed_pairs(
            operations, [&](std::uint32_t) { port.protect(pages, protected_pages); },
            [&](std::uint32_t) { port.unprotect(pages, protected_pages); });
    }

    std::uint64_t unprot100(std::uint32_t operations) {
        port.protect(pages, protected_pages);
        const std::uint64_t cycles = timed_pairs(
            operations, [&](std::uint32_t) { port.unprotect(pages, protected_pages); },
            [&](std::uint32_t) { port.protect(pages, protected_pages); });
        port.unprotect(pages, protected_pages);
        return cycles;
    }

    // Store to a protected page; the handler frees it and protects another.
    std::uint64_t appel1(std::uint32_t operations) {
        port.on_trap(
            [](void* context, std::byte* address) {
                auto& rows = *static_cast<MemoryRows*>(context);
                rows.port.unprotect(address, 1);
                rows.port.protect(rows.page(scattered(++rows.step)), 1);
                return AfterTrap::retry;
            },
            this);
        step = 0;
        port.protect(page(scattered(0)), 1);
        const std::uint64_t start = read_tsc();
        for (std::uint32_t i = 0; i < operations; ++i)
            store(page(scattered(i)));
        const std::uint64_t cycles = read_tsc() - start;
        port.unprotect(page(scattered(step)), 1);
        return cycles;
    }

    // A hundred pages protected at once, then freed one trap at a time; per page.
    std::uint64_t appel2(std::uint32_t operations) {
        port.on_trap(
            [](void* context, std::byte* address) {
                static_cast<MemoryRows*>(context)->port.unprotect(address, 1);
                return AfterTrap::retry;
            },
            this);
        const std::uint64_t start = read_tsc();
        for (std::uint32_t i = 0; i < operations; i += protected_pages) {
            port.protect(pages, protected_pages);
            for (std::uint32_t j = 0; j < protected_pages; ++j)
                store(page(scattered(j)));
        }
        return read_tsc() - start;
    }

    // First store to each page of a fresh region that is given memory when touched.
    std::uint64_t demand_zero(std::uint32_t operations) {
        std::uint64_t cycles = 0;
        for (std::uint32_t i = 0; i < operations; i += demand_pages) {
            std::byte* const region = port.map_on_demand(demand_pages);
            const std::uint64_t start = read_tsc();
            for (std::uint32_t j = 0; j < demand_pages; ++j)
                store(region + std::size_t{j} * page_bytes);
            cycles += read_tsc() - start;
            port.unmap(region, demand_pages);
        }
        return cycles;
    }

    std::uint64_t map_touch_unmap(std::uint32_t operations) {
        const std::uint64_t start = read_tsc();
        for (std::uint32_t i = 0; i < operations; ++i) {
            std::byte* const region = port.map_on_demand(1);
            store(region);
            port.unmap(region, 1);
        }
        return read_tsc() - start;
    }

private:
    template <class Timed, class Undo>
    static std::uint64_t timed_pairs(std::uint32_t operations, Timed timed, Undo undo) {
        std::uint64_t cycles = 0;
        for (std::uint32_t i = 0; i < operations; ++i) {
            const std::uint64_t start = read_tsc();
            timed(i);
            cycles += read_tsc() - start;
            undo(i);
        }
        return cycles;
    }
};

} // namespace bench
