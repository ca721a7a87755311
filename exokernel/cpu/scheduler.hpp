// Who runs on this core: the slice wheel read against the clock, and the switch from one vcore to another.
// All of it under the kernel lock. Policy is in the wheels' contents, written by whoever holds slices.
#pragma once

#include "exokernel/cpu/core.hpp"
#include "exokernel/cpu/environment.hpp"

namespace exo {

// Takes the core from its current vcore (its registers are in `frame`) and gives it to `next`, whose registers
// replace them. The current vcore's state has been set by the caller. On the same time: the slice goes on.
enum class Extended { Keep, Drop }; // of the vcore that leaves: whether its vector state must survive
void change_vcore(TrapFrame& frame, Vcore& next, Extended extended);
// The same as a new turn on the core.
void switch_to(TrapFrame& frame, Vcore& next, Extended extended);
// The same to whoever should run now; waits in the kernel while nobody wants the core.
void switch_away(TrapFrame& frame, Extended extended);

// A vcore of this core was made, or will be gone.
void add_to_core(Vcore& vcore);
void remove_from_core(Vcore& vcore);
// Slots of the core's wheel have new owners: looks at them now, here or by interrupting that core.
void wheel_changed(std::uint32_t core);

// Who should have the core now, or null.
Vcore* pick(Core& core);
// The same, were the running vcore not to want it.
Vcore* pick_other(Core& core);
// Sets the core's local timer to the next moment at which something is due.
void set_core_timer(Core& core);
// Moments that have come: wakes sleepers, raises timers, ends slices. `frame` is of the running vcore.
void clock_tick(TrapFrame& frame);
// The vcore became Ready: its core looks at it soon.
void kick(Vcore& vcore);
// Whether something is pending that the vcore wants to be interrupted for.
inline bool has_wanted(const Vcore& vcore) {
    const UpcallPage& page = *vcore.page;
    return __atomic_load_n(&page.pending, __ATOMIC_ACQUIRE) & __atomic_load_n(&page.wanted, __ATOMIC_RELAXED);
}
// What ends a vcore's `wait`: the bits it named, and those that would interrupt it.
inline std::uint64_t waited_for(const Vcore& vcore) {
    const UpcallPage& page = *vcore.page;
    bool masked = __atomic_load_n(&page.masked, __ATOMIC_RELAXED);
    return vcore.wait_bits | (masked ? 0 : __atomic_load_n(&page.wanted, __ATOMIC_RELAXED));
}
// Sets bits in a vcore's upcall page and wakes it when it waits or wants them.
void post(Vcore& vcore, std::uint64_t pending_bits, std::uint64_t event_bits);

// The running vcore has bits it wants and is not masked: turns `frame` into the upcall.
// Also finishes an interruption inside the resume sequence. True when the frame was changed.
bool deliver_pending(TrapFrame& frame, Vcore& vcore);
// Turns `frame` into an upcall with this cause. False when the vcore is masked or its upcall entry is no user
// address: a broken contract, told to the caller.
struct UpcallCause {
    std::uint64_t cause, error_code, fault_address;
};
bool make_upcall(TrapFrame& frame, UpcallPage& page, const UpcallCause& cause);

} // namespace exo
