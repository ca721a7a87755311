// What the timer interrupt means: deadlines, slice ends, and the end of grace.
#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/cpu/switch.hpp"
#include "exokernel/memory/info_pages.hpp"

namespace exo {

// The slice of the running vcore is over and someone else wants the core: it is asked to yield, and switched
// by force when it has not done so by the end of the grace period.
static void end_slice(TrapFrame& frame, Core& core, std::uint64_t now) {
    Vcore& current = *core.current;
    if (core.grace_end_tsc == 0) {
        if (pick(core) == &current) {
            core.slice_end_tsc = 0;
            return;
        }
        core.grace_end_tsc = now + machine_info.grace_cycles;
        current.page->slice_grace_tsc = core.grace_end_tsc;
        __atomic_fetch_or(&current.page->pending, pending::slice_end, __ATOMIC_RELAXED);
        // One that does not want to know gets no grace either.
        if (current.page->wanted & pending::slice_end)
            return;
        core.grace_end_tsc = now;
    }
    if (now < core.grace_end_tsc)
        return;
    if (current.page->wanted & pending::slice_end) {
        current.debt_cycles += now - core.slice_end_tsc;
        current.page->debt_cycles = current.debt_cycles;
        current.page->forced_switches++;
    }
    core.grace_end_tsc = 0;
    current.state = VcoreState::Ready;
    info_of(current).state = VcoreState::Ready;
    switch_away(frame, Extended::Keep);
}

void clock_tick(TrapFrame& frame) {
    Core& core = this_core();
    wake_due(core);
    std::uint64_t now = rdtsc();
    if (core.current && core.slice_end_tsc && now >= core.slice_end_tsc)
        end_slice(frame, core, now);
    set_core_timer(core);
}

} // namespace exo
