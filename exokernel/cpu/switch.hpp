// The registers of a vcore: saved to its frame, restored from it. And the moments that come by themselves.
#pragma once

#include "exokernel/cpu/core.hpp"
#include "exokernel/cpu/scheduler.hpp"

namespace exo {

void save_vcore(const TrapFrame& frame, Vcore& vcore, Extended extended, std::uint64_t ran_cycles);
void restore_vcore(TrapFrame& frame, Vcore& vcore);
// Puts vector registers into their initial state, so that nothing of one vcore shows in another.
void clear_extended();
// Sleepers and timers of this core whose deadline has passed.
void wake_due(Core& core);

inline VcoreInfo& info_of(const Vcore& vcore);
// The core, its counters and its address space to who runs from now on; the registers are the caller's part.
inline void give_core(Core& core, Vcore& next, std::uint64_t now);

} // namespace exo

#include "exokernel/memory/info_pages.hpp"
#include "exokernel/memory/tlb.hpp"

inline exo::VcoreInfo& exo::info_of(const Vcore& vcore) {
    return vcore_infos[vcore.number];
}

inline void exo::give_core(Core& core, Vcore& next, std::uint64_t now) {
    core.current = &next;
    core.dispatched_tsc = now;
    core.counters->switches++;
    core.upcall = next.page;
    core.vcore_info = &info_of(next);
    next.state = VcoreState::Running;
    core.vcore_info->state = VcoreState::Running;
    load_tables(core, environments[next.environment]);
}
