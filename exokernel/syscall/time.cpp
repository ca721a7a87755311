// yield, wait, timer: giving time away and asking to be woken.
#include "exokernel/cpu/scheduler.hpp"
#include "exokernel/cpu/switch.hpp"
#include "exokernel/syscall/dispatch.hpp"
#include "exokernel/syscall/resolve.hpp"

namespace exo {

void call::yield(TrapFrame& frame) {
    Core& core = this_core();
    Vcore& current = *core.current;
    Vcore* next = nullptr;
    if (frame.rdi != no_handle) {
        Result<std::uint16_t> number = named_environment(frame.rdi, right::Call);
        Error refused{};
        if (!number)
            refused = number.error();
        else if (frame.rsi >= environments[*number].vcore_count)
            refused = Error::OutOfRange;
        else if (next = vcore_table[environments[*number].vcore[frame.rsi]]; next->core != core.index)
            refused = Error::WrongCore;
        else if (next->state != VcoreState::Ready && next != &current)
            refused = Error::WrongState;
        if (refused != Error{}) {
            frame.rax = static_cast<std::uint64_t>(call_error(refused));
            return;
        }
    }
    frame.rax = 0;
    core.grace_end_tsc = 0;
    // Whoever gives its slot away directly lends it only until its own next look; without a target the rest
    // of the slot goes to the next that wants it.
    if (!next)
        next = pick_other(core);
    if (!next || next == &current) {
        set_core_timer(core);
        return;
    }
    current.state = VcoreState::Ready;
    info_of(current).state = VcoreState::Ready;
    switch_to(frame, *next, Extended::Keep);
}

void call::wait(TrapFrame& frame) {
    Vcore& current = *this_core().current;
    if (frame.rsi & ~pending::all) {
        frame.rax = static_cast<std::uint64_t>(call_error(Error::BadArgument));
        return;
    }
    frame.rax = 0;
    current.wait_bits = frame.rsi;
    if (__atomic_load_n(&current.page->pending, __ATOMIC_ACQUIRE) & waited_for(current))
        return;
    current.wait_deadline_tsc = frame.rdi;
    current.state = VcoreState::Waiting;
    info_of(current).state = VcoreState::Waiting;
    switch_away(frame, Extended::Keep);
}

void call::timer(TrapFrame& frame) {
    Core& core = this_core();
    core.current->timer_deadline_tsc = frame.rdi;
    frame.rax = 0;
    set_core_timer(core);
}

} // namespace exo
