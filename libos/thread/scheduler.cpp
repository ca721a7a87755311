// Queues, switches and idling. Timers and preemption: preempt.cpp; the calls on threads: thread.cpp.
#include "libos/thread/switching.hpp"

#include "libos/event/events.hpp"
#include "libos/memory/bind_rows.hpp"
#include "libos/time/clock.hpp"
#include "libos/upcall/dispatch.hpp"
#include "secure-bindings/abi/syscall.hpp"

#include <bit>
#include <utility>

namespace exo {

constinit Scheduler environment_scheduler;

void Scheduler::count_cycles(Thread& current, Thread& next) {
    const std::uint64_t now = tsc();
    current.run_cycles_ += now - current.run_since_;
    next.run_since_ = now;
}

void Scheduler::account(bool on) {
    account_ = on;
    if (on) // the running thread was switched to before anybody counted
        this_thread().run_since_ = tsc();
}

Thread* Scheduler::take_any(VcoreScheduler& own, std::size_t index) {
    const AffinityMask here = AffinityMask{1} << index;
    const Thread* current = this_vcore().thread;
    for (std::size_t tries = own.ready.load(std::memory_order_relaxed); tries > 0; --tries) {
        Thread* thread;
        {
            LockGuard guard(own.lock);
            // Its old vcore is still putting its registers away; it will be there in a moment.
            // Acquire pairs with the store in exo_switch_stack.
            thread = own.queue.take_first([current](const Thread& candidate) {
                return &candidate == current || !candidate.on_vcore_.load(std::memory_order_acquire);
            });
            own.count_ready();
        }
        if (!thread || (thread->affinity() & here))
            return thread;
        enqueue(*thread, choose_vcore(*thread));
    }
    return nullptr;
}

Thread* Scheduler::steal(std::size_t index) {
    const AffinityMask here = AffinityMask{1} << index;
    if (!(usable_.load(std::memory_order_relaxed) & here))
        return nullptr;
    for (std::size_t step = 1; step < vcore_count_; ++step) {
        VcoreScheduler& other = schedulers_[(index + step) % vcore_count_];
        if (other.ready.load(std::memory_order_relaxed) == 0)
            continue;
        LockGuard guard(other.lock);
        Thread* thread = other.queue.take_first([here](const Thread& candidate) {
            return (candidate.affinity() & here) && !candidate.on_vcore_.load(std::memory_order_acquire);
        });
        other.count_ready();
        if (thread) {
            ++schedulers_[index].steals;
            return thread;
        }
    }
    return nullptr;
}

std::size_t Scheduler::choose_among_vcores(const Thread& thread) {
    const AffinityMask allowed = places_of(thread);
    const std::size_t here = this_vcore_index(), last = thread.vcore();
    const auto may = [allowed](std::size_t vcore) { return (allowed >> vcore & 1) != 0; };
    const auto idle = [this](std::size_t vcore) {
        return schedulers_[vcore].activity.load(std::memory_order_relaxed) != VcoreActivity::Busy &&
               schedulers_[vcore].ready.load(std::memory_order_relaxed) == 0;
    };
    if (may(last) && idle(last))
        return last;
    for (std::size_t vcore = 0; vcore < vcore_count_; ++vcore) {
        if (may(vcore) && idle(vcore))
            return vcore;
    }
    if (may(here))
        return here;
    return may(last) ? last : static_cast<std::size_t>(std::countr_zero(allowed));
}

void Scheduler::kick(std::size_t index) {
    VcoreScheduler& target = schedulers_[index];
    // Ordered against an idle vcore, which announces that it waits and then looks at `ready` once more.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (target.activity.load(std::memory_order_seq_cst) != VcoreActivity::Searching)
        (void)sys::signal(target.wake_event);
}

void Scheduler::yield() {
    Vcore& vcore = this_vcore();
    VcoreScheduler& own = *vcore.scheduler;
    Thread& current = *vcore.thread;
    own.switch_wanted = false;
    current.state_.store(ThreadState::Ready, std::memory_order_relaxed);
    if (!(places_of(current) >> vcore.index & 1)) {
        enqueue(current, choose_vcore(current));
        switch_away();
        return;
    }
    Thread* next = take(own, vcore.index);
    if (next) {
        LockGuard guard(own.lock);
        own.queue.push(current);
        own.count_ready();
    }
    switch_to(next ? *next : current);
}

// The common case in one step: the first of the queue and the running thread change places.
void thread_yield() {
    const bool was_masked = masked();
    mask();
    Vcore& vcore = this_vcore();
    VcoreScheduler& own = *vcore.scheduler;
    Thread& current = *vcore.thread;
    const AffinityMask here = AffinityMask{1} << vcore.index;
    if (own.ready.load(std::memory_order_relaxed) != 0) {
        own.lock.acquire();
        Thread* first = own.queue.front();
        if (first && !first->on_vcore_.load(std::memory_order_acquire) &&
            (first->affinity() & current.affinity() & here)) [[likely]] {
            own.queue.rotate(current);
            own.lock.release();
            current.state_.store(ThreadState::Ready, std::memory_order_relaxed);
            environment_scheduler.switch_to(*first);
        } else {
            own.lock.release();
            environment_scheduler.yield();
        }
    } else if (!(current.affinity() & here)) {
        environment_scheduler.yield();
    }
    if (!was_masked)
        unmask();
}

void Scheduler::make_ready(Thread& thread) {
    enqueue(thread, choose_vcore(thread));
}

bool Scheduler::something_ready() const {
    for (std::size_t vcore = 0; vcore < vcore_count_; ++vcore) {
        if (schedulers_[vcore].ready.load(std::memory_order_seq_cst))
            return true;
    }
    return false;
}

void Scheduler::wait_in_kernel(VcoreScheduler& own) {
    own.activity.store(VcoreActivity::Waiting, std::memory_order_seq_cst);
    std::uint64_t deadline;
    {
        LockGuard guard(own.timer_lock);
        deadline = own.timers.first_deadline();
    }
    if (!something_ready()) {
        const std::uint64_t before = tsc();
        (void)sys::wait(deadline == no_deadline ? 0 : deadline, pending::news);
        own.waited_cycles += tsc() - before;
        ++own.waits;
    }
    own.activity.store(VcoreActivity::Searching, std::memory_order_relaxed);
}

// The idle thread: masked at all times, so causes are handled here as they are found pending.
void Scheduler::idle() {
    Vcore& vcore = this_vcore();
    VcoreScheduler& own = *vcore.scheduler;
    for (;;) {
        own.activity.store(VcoreActivity::Searching, std::memory_order_relaxed);
        const std::uint64_t since = tsc();
        Thread* next = nullptr;
        do {
            if (__atomic_load_n(&vcore.upcall.pending, __ATOMIC_RELAXED) & pending::all)
                exo_dispatch_pending(nullptr);
            run_timers(own);
            next = take(own, vcore.index);
            if (!next)
                next = steal(vcore.index);
            if (!next && own.slices_to_give != no_handle)
                drop_capability(std::exchange(own.slices_to_give, no_handle));
            if (!next)
                pause();
        } while (!next && (vcore_count_ > 1 || own.ready) && tsc() - since < idle_spin_cycles_);
        if (next) {
            own.activity.store(VcoreActivity::Busy, std::memory_order_relaxed);
            switch_to(*next);
        } else {
            wait_in_kernel(own);
        }
    }
}

// The first moments of a thread, on its own stack, masked.
void exo_thread_begin(Thread* thread) {
    if (thread->is_idle_)
        scheduler().idle();
    if (!thread->entry_)
        exo_resume(static_cast<RegisterFrame*>(thread->argument_));
    unmask();
    thread_exit(thread->entry_(thread->argument_));
}

} // namespace exo
