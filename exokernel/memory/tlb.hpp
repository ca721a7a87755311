// Keeping every core's TLB true after an unbind: cores that run the address space are interrupted, the
// others notice a newer generation when they next load it.
#pragma once

#include "exokernel/cpu/core.hpp"
#include "exokernel/cpu/environment.hpp"

namespace exo {

// Loads an environment's tables on this core.
void load_tables(Core& core, Environment& environment);
// Loads the kernel's own.
void unload_tables(Core& core);

// What a batch took away. Few pages are dropped one by one, more by reloading the root.
struct TlbBatch {
    static constexpr unsigned pages_max = 24;
    std::uint64_t page[pages_max];
    unsigned count = 0;
    bool everything = false;
    void add(std::uint64_t address) {
        if (count == pages_max)
            everything = true;
        else
            page[count++] = address;
    }
    [[nodiscard]] bool empty() const { return count == 0 && !everything; }
};
// Done when this returns: no core can use what was taken. Caller holds the kernel lock.
void tlb_flush(Environment& environment, const TlbBatch& batch);
void tlb_flush_all(std::uint16_t environment);
// Takes an environment's tables off every core; its tree can be taken apart.
void tlb_evict(Environment& environment);
// In the interrupt handler and wherever a core waits: does what another core asked for.
void tlb_answer();

} // namespace exo
