// What interrupts a running thread: deadlines, the end of its share, the end of the vcore's slice, other vcores'
// wishes.
#include "libos/memory/bind_rows.hpp"
#include "libos/thread/switching.hpp"
#include "libos/thread/thread_memory.hpp"
#include "libos/time/clock.hpp"
#include "libos/upcall/dispatch.hpp"
#include "secure-bindings/abi/syscall.hpp"

#include <algorithm>

namespace exo {

void Scheduler::run_timers(VcoreScheduler& own) {
    if (own.timers.first_deadline() == no_deadline) // only this vcore adds to it
        return;
    LockGuard guard(own.timer_lock);
    const std::uint64_t now = tsc();
    while (Timer* timer = own.timers.take_expired(now))
        timer->expired(*timer);
}

Status Scheduler::set_timer(Timer& timer, std::uint64_t deadline_tsc) {
    Vcore& vcore = this_vcore();
    VcoreScheduler& own = *vcore.scheduler;
    {
        LockGuard guard(own.timer_lock);
        timer.deadline_tsc = deadline_tsc;
        timer.vcore = static_cast<std::uint16_t>(vcore.index);
        if (!own.timers.add(timer))
            return std::unexpected(Error::TableFull);
    }
    program_timer(own, deadline_tsc);
    return {};
}

void Scheduler::cancel_timer(Timer& timer) {
    VcoreScheduler& home = schedulers_[timer.vcore];
    LockGuard guard(home.timer_lock);
    home.timers.remove(timer);
}

void Scheduler::set_deadline(std::uint64_t deadline_tsc) {
    Thread& thread = this_thread();
    if (deadline_tsc == no_deadline || thread.timer_.is_set())
        return;
    thread.timer_.expired = [](Timer& timer) {
        auto* bytes = reinterpret_cast<std::byte*>(&timer) - offsetof(Thread, timer_);
        scheduler().wake_parked(
            *reinterpret_cast<Thread*>(bytes)); // Safe: this function is set for threads' own timers only.
    };
    (void)set_timer(thread.timer_, deadline_tsc); // there is room for the timers of all threads
}

void Scheduler::clear_deadline() {
    Thread& thread = this_thread();
    if (thread.timer_.deadline_tsc == no_deadline)
        return;
    cancel_timer(thread.timer_);
    thread.timer_.deadline_tsc = no_deadline;
}

void Scheduler::timer_upcall(RegisterFrame*) {
    Scheduler& all = scheduler();
    VcoreScheduler& own = *this_vcore().scheduler;
    own.timer_set_tsc = no_deadline;
    all.run_timers(own);
    if (tsc() >= own.share_until_tsc) {
        own.switch_wanted = true;
        own.share_until_tsc = no_deadline; // a new share begins with the switch
    }
    std::uint64_t next;
    {
        LockGuard guard(own.timer_lock);
        next = std::min(own.share_until_tsc, own.timers.first_deadline());
    }
    if (next != no_deadline)
        all.program_timer(own, next);
}

// The slice is over: giving the core up now costs nothing, waiting for the grace period to end would cost debt.
void Scheduler::slice_end_upcall(RegisterFrame*) {
    (void)sys::yield(no_handle, 0);
}

void Scheduler::give_up_slices(Handle slices) {
    Vcore& vcore = this_vcore();
    VcoreScheduler& own = *vcore.scheduler;
    avoid(vcore.index);
    if (!(usable_.load(std::memory_order_relaxed) & vcore_mask())) {
        drop_capability(slices);
        return;
    }
    own.slices_to_give = slices;
    own.switch_wanted = true;
    // Those that wait here go where they may; the running one follows at the end of this round.
    for (std::size_t left = own.ready.load(std::memory_order_relaxed); left > 0; --left) {
        Thread* thread;
        {
            LockGuard guard(own.lock);
            thread = own.queue.pop();
            own.count_ready();
        }
        if (thread)
            make_ready(*thread);
    }
}

// Another vcore put a thread into this one's queue, or changed where the running one may run.
void Scheduler::wake_upcall() {
    Vcore& vcore = this_vcore();
    VcoreScheduler& own = *vcore.scheduler;
    if (vcore.thread->is_idle_)
        return;
    if (!(vcore.thread->affinity() >> vcore.index & 1))
        own.switch_wanted = true;
    else
        scheduler().share_vcore(own);
}

// The end of every round of asynchronous causes. The frame's thread may be switched away from here; its vector
// registers are live if it was interrupted anywhere but in a call of the kit.
void after_pending(RegisterFrame* frame) {
    Vcore& vcore = this_vcore();
    VcoreScheduler* own = vcore.scheduler;
    if (!own || !own->switch_wanted || vcore.thread->is_idle_)
        return;
    own->switch_wanted = false;
    Thread& thread = *vcore.thread;
    const bool save = frame && thread.vectors_ == VectorState::Dead;
    if (save)
        thread.vectors_ = VectorState::Kept;
    scheduler().yield();
    if (save)
        thread.vectors_ = VectorState::Dead;
}

} // namespace exo
