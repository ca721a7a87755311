// The short way from thread to thread, inline for those who take it: parking, waking, switching. Everything here is
// masked.
#pragma once

#include "libos/thread/scheduler.hpp"
#include "libos/thread/thread_memory.hpp"
#include "libos/thread/wait_list.hpp"
#include "libos/time/clock.hpp"
#include "secure-bindings/abi/syscall.hpp"

namespace exo {

inline void write_fs_base(std::uint64_t base) {
    asm volatile("wrfsbase %0" : : "r"(base)); // Safe: FSGSBASE is enabled for user mode.
}

inline void Scheduler::prepare_to_park() {
    // Ordered before the caller's second look; pairs with the same order in wake_parked.
    store_then_look(this_thread().state_, ThreadState::Parked);
}

inline bool Scheduler::cancel_park() {
    return replace(this_thread().state_, ThreadState::Parked, ThreadState::Running);
}

// Makes sure that the kernel interrupts at the deadline or earlier. What is set earlier stays: that interruption sets
// the next one, which is cheaper than a call at every change.
[[gnu::always_inline]] inline void Scheduler::program_timer(VcoreScheduler& own, std::uint64_t deadline_tsc) {
    if (deadline_tsc >= own.timer_set_tsc)
        return;
    own.timer_set_tsc = deadline_tsc;
    (void)sys::timer(deadline_tsc);
}

// Others wait on this vcore: it changes hands at the end of each share, unless it does so anyway. Alone, a thread runs
// without interruption.
[[gnu::always_inline]] inline void Scheduler::share_vcore(VcoreScheduler& own) {
    if (own.share_until_tsc != no_deadline)
        return; // the time is running
    own.share_until_tsc = tsc() + share_cycles_;
    program_timer(own, own.share_until_tsc);
}

// Where a thread that became ready should run: where it ran if that vcore is idle, else on any idle vcore, else here.
[[gnu::always_inline]] inline std::size_t Scheduler::choose_vcore(const Thread& thread) {
    return vcore_count_ == 1 ? 0 : choose_among_vcores(thread);
}

[[gnu::always_inline]] inline void Scheduler::enqueue(Thread& thread, std::size_t index) {
    VcoreScheduler& target = schedulers_[index];
    target.lock.acquire();
    target.queue.push(thread);
    target.count_ready();
    target.lock.release();
    if (index != this_vcore_index()) [[unlikely]]
        kick(index);
    else if (target.share_until_tsc == no_deadline)
        share_vcore(target);
}

// A thread of the queue that can run here; those that may no longer are sent where they may.
[[gnu::always_inline]] inline Thread* Scheduler::take(VcoreScheduler& own, std::size_t index) {
    if (own.ready.load(std::memory_order_relaxed) == 0)
        return nullptr;
    own.lock.acquire();
    // Acquire pairs with the store in exo_switch_stack.
    if (Thread* first = own.queue.front();
        first && !first->on_vcore_.load(std::memory_order_acquire) && (first->affinity() >> index & 1)) [[likely]] {
        (void)own.queue.pop();
        own.count_ready();
        own.lock.release();
        return first;
    }
    own.lock.release();
    return take_any(own, index);
}

[[gnu::always_inline]] inline void Scheduler::switch_to(Thread& next) {
    Vcore& vcore = this_vcore();
    Thread& current = *vcore.thread;
    VcoreScheduler& own = *vcore.scheduler;
    next.state_.store(ThreadState::Running, std::memory_order_relaxed);
    // Alone here, the next thread has no end to its share; else the time runs already, or begins now.
    if (own.ready.load(std::memory_order_relaxed) == 0)
        own.share_until_tsc = no_deadline;
    else if (own.share_until_tsc == no_deadline)
        share_vcore(own);
    if (&next == &current)
        return;
    ++own.switches;
    if (account_)
        count_cycles(current, next);
    if (current.fs_base_ != next.fs_base_)
        write_fs_base(next.fs_base_);
    next.on_vcore_.store(true, std::memory_order_relaxed);
    next.vcore_.store(static_cast<std::uint32_t>(vcore.index), std::memory_order_relaxed);
    vcore.thread = &next;
    if (current.vectors_ == VectorState::Dead) [[likely]] {
        exo_switch_stack(&current.saved_stack_, next.saved_stack_, &current.on_vcore_);
        return;
    }
    save_vectors(current.vector_area_);
    exo_switch_stack(&current.saved_stack_, next.saved_stack_, &current.on_vcore_);
    load_vectors(current.vector_area_);
}

[[gnu::always_inline]] inline void Scheduler::switch_away() {
    Vcore& vcore = this_vcore();
    VcoreScheduler& own = *vcore.scheduler;
    Thread* next = take(own, vcore.index);
    if (!next)
        next = steal(vcore.index);
    switch_to(next ? *next : *own.idle_thread);
}

[[gnu::always_inline]] inline bool Scheduler::wake_parked(Thread& thread) {
    if (!replace(thread.state_, ThreadState::Parked, ThreadState::Ready))
        return false;
    enqueue(thread, choose_vcore(thread));
    return true;
}

// `wake` for who is masked already.
[[gnu::always_inline]] inline void wake_masked(Waiter& waiter) {
    Thread& thread = *waiter.thread;
    store_then_look(waiter.woken, true); // the waiter may be gone from here on
    environment_scheduler.wake_parked(thread);
}

} // namespace exo
