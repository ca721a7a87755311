// Spreads threads over vcores: a run queue a vcore, stealing by vcores that have nothing to do, a timer heap a vcore.
// An idle vcore looks around for a moment, then waits in the kernel and is woken by an event. The timer interrupts a
// vcore only for deadlines and, while more threads than vcores are runnable, to share it.
#pragma once

#include "libos/start/start_info.hpp"
#include "libos/thread/run_queue.hpp"
#include "libos/thread/spin_lock.hpp"
#include "libos/thread/thread.hpp"
#include "libos/upcall/vcore.hpp"

namespace exo {

// One vcore's share of the scheduler.
class VcoreScheduler {
public:
    FifoQueue<Thread, &Thread::queue_next_> queue;
    SpinLock lock; // of queue and timers
    TimerHeap timers;
    std::atomic<bool> idle{false};
    std::atomic<bool> wanted{false}; // a switch was asked for at the next chance
    Handle wake_event = no_handle;
    Thread* idle_thread = nullptr;
    Thread* previous = nullptr; // that was switched away from, until its successor has seen it
    std::uint64_t timer_set_tsc = no_deadline; // as the kernel knows it
    std::uint64_t share_until_tsc = no_deadline; // end of the running thread's share, when others wait
    std::uint64_t switches = 0, steals = 0, waits = 0, idle_cycles = 0;
};

class Scheduler {
public:
    // Makes the caller thread 1 on vcore 0 and starts the others, which are idle at first.
    Status open(const StartInfo& start);

    std::size_t vcore_count() const { return vcore_count_; }
    std::size_t thread_count() const { return thread_count_.load(std::memory_order_relaxed); }
    // Calls `visit` for each thread until it returns false. Masked, under a lock: short.
    void for_each(bool (*visit)(Thread& thread, void* context), void* context);

    // Counts the cycles of each thread from now on (one TSC read a switch).
    void account(bool on) { account_ = on; }
    // How long a thread runs while others wait.
    void set_share_cycles(std::uint64_t cycles) { share_cycles_ = cycles; }
    // How long a vcore without work looks around before it waits in the kernel.
    void set_idle_spin_cycles(std::uint64_t cycles) { idle_spin_cycles_ = cycles; }
    VcoreScheduler& of(std::size_t vcore) { return schedulers_[vcore]; }
    // Makes another vcore look at its queue and pending work soon.
    void kick(std::size_t vcore);

    // For synchronisation objects -----------------------------------------------------------
    // Puts a thread that is Parked into a run queue.
    void make_ready(Thread& thread);
    // Gives the vcore to the next thread. The caller is masked and has set its own state: Parked threads come back by
    // make_ready, which may happen before this call.
    void switch_away();
    // As make_ready and switch_away in one: runs `thread` here and now; the caller is put in the queue.
    void hand_over(Thread& thread);
    void set_timer(Timer& timer, std::uint64_t deadline_tsc);
    void cancel_timer(Timer& timer);

private:
    friend class Thread;
    friend void thread_yield();
    friend void thread_exit(std::uint64_t);
    friend bool thread_park(std::uint64_t);
    friend void schedule_upcall(RegisterFrame* frame);
    friend void timer_upcall(RegisterFrame* frame);
    friend void kit_vcore_main(std::uint64_t index);

    Thread* pick(VcoreScheduler& own, std::size_t index);
    Thread* steal(std::size_t index);
    void switch_to(Thread& next);
    void finish_switch();
    void idle_loop();
    void run_timers();
    void program_timer(VcoreScheduler& own);
    void enqueue(Thread& thread, std::size_t vcore);
    void forget(Thread& thread);

    VcoreScheduler schedulers_[max_cores];
    std::size_t vcore_count_ = 0;
    std::atomic<std::size_t> thread_count_{0};
    std::atomic<std::uint64_t> next_id_{1};
    SpinLock table_lock_;
    Thread* threads_ = nullptr;
    bool account_ = false;
    std::uint64_t share_cycles_ = 0, idle_spin_cycles_ = 0;
};

Scheduler& scheduler();

} // namespace exo
