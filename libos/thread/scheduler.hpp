// Spreads threads over vcores: a run queue a vcore, stealing by vcores that have nothing to do, a timer heap a vcore.
// An idle vcore looks around for a moment, then waits in the kernel and is woken by an event. The timer interrupts a
// vcore only for deadlines and, while more threads than vcores are runnable, to share it.
// A switch happens masked.
#pragma once

#include "libos/start/start_info.hpp"
#include "libos/thread/run_queue.hpp"
#include "libos/thread/spin_lock.hpp"
#include "libos/thread/thread.hpp"
#include "libos/upcall/vcore.hpp"

namespace exo {

enum class VcoreActivity : std::uint32_t {
    Busy,
    Searching, // idle, looking at queues
    Waiting,   // idle, in the kernel until an event or a deadline
};

// One vcore's share of the scheduler.
class VcoreScheduler {
public:
    // With the lock held, after a change of the queue.
    void count_ready() { ready.store(static_cast<std::uint32_t>(queue.size()), std::memory_order_relaxed); }

    FifoQueue<Thread, &Thread::queue_next_> queue; // under `lock`
    SpinLock lock;
    std::atomic<std::uint32_t> ready{0}; // threads in `queue`, for looking without the lock
    std::atomic<VcoreActivity> activity{VcoreActivity::Busy};
    Handle wake_event = no_handle;
    Thread* idle_thread = nullptr;
    std::uint64_t timer_set_tsc = no_deadline;   // as the kernel knows it
    std::uint64_t share_until_tsc = no_deadline; // end of the running thread's share, while others wait here
    bool switch_wanted = false;
    Handle slices_to_give = no_handle; // once nothing is left to run here
    SpinLock timer_lock;
    TimerHeap timers; // under `timer_lock`
    std::uint64_t switches = 0, steals = 0, waits = 0, waited_cycles = 0;
};

class Scheduler {
public:
    // Makes the caller thread 1 on vcore 0 and starts the others, which are idle at first. Errors: TableFull, or as
    // sys::start.
    Status open(const StartInfo& start);

    std::size_t vcore_count() const { return vcore_count_; }
    AffinityMask vcore_mask() const { return vcore_count_ == 64 ? ~0ull : (AffinityMask{1} << vcore_count_) - 1; }
    std::size_t thread_count() const { return thread_count_.load(std::memory_order_relaxed); }
    // Calls `visit` for each thread until it returns false. Masked, under a lock: short.
    void for_each(bool (*visit)(Thread& thread, void* context), void* context);
    VcoreScheduler& of(std::size_t vcore) { return schedulers_[vcore]; }

    // Counts the cycles of each thread from now on (one TSC read a switch).
    void account(bool on);
    // How long a thread runs while others wait.
    void set_share_cycles(std::uint64_t cycles) { share_cycles_ = cycles; }
    // How long a vcore without work looks around before it waits in the kernel.
    void set_idle_spin_cycles(std::uint64_t cycles) { idle_spin_cycles_ = cycles; }
    // Makes another vcore look at its queue and at the thread it runs soon.
    void kick(std::size_t vcore);

    // The calling vcore gives its slices up, under this capability: first its threads move to others, as far as they
    // may. The only vcore does so at once and lives on time that nobody uses. Masked, from a handler of a pending
    // cause.
    void give_up_slices(Handle slices);
    // Runs threads on that vcore only if they can run nowhere else: its time was taken.
    void avoid(std::size_t vcore) { usable_.fetch_and(~(AffinityMask{1} << vcore), std::memory_order_relaxed); }

    // For synchronisation objects; the caller is masked, and includes switching.hpp.
    // The running thread says that it is about to give its vcore up. Then it looks at its condition once more.
    void prepare_to_park();
    // It need not after all. False when a wake came first: then it must give the vcore up to take that wake.
    bool cancel_park();
    // Gives the vcore to the next thread; returns when this one was woken and its turn has come.
    void switch_away();
    // Ends a park. False when the thread was not parked.
    bool wake_parked(Thread& thread);
    // Errors: TableFull (more timers than threads_max on one vcore).
    Status set_timer(Timer& timer, std::uint64_t deadline_tsc);
    // Afterwards the timer's function neither runs nor will run.
    void cancel_timer(Timer& timer);
    // Ends the running thread's next parks at the deadline, until cleared. no_deadline: has no effect.
    void set_deadline(std::uint64_t deadline_tsc);
    void clear_deadline();
    // Parks until the flag is set, the deadline passes or something else wakes the thread, whose permit to be unparked
    // stays.
    void park_unless(const std::atomic<bool>& flag, std::uint64_t deadline_tsc);
    // Puts the running thread at the end of the queue and runs the next, if there is one.
    void yield();

private:
    friend class Thread;
    friend struct ThreadMemory;
    friend void exo_thread_begin(Thread* thread);
    friend void exo_vcore_begin(std::uint64_t index);
    friend void after_pending(RegisterFrame* frame);
    friend void thread_exit(std::uint64_t result);
    friend void thread_yield();

    Thread* take(VcoreScheduler& own, std::size_t index);
    Thread* take_any(VcoreScheduler& own, std::size_t index);
    Thread* steal(std::size_t index);
    // Where a thread may run, as things are.
    AffinityMask places_of(const Thread& thread) const {
        const AffinityMask allowed = thread.affinity() & vcore_mask();
        const AffinityMask usable = allowed & usable_.load(std::memory_order_relaxed);
        return usable ? usable : allowed;
    }
    void switch_to(Thread& next);
    void count_cycles(Thread& current, Thread& next);
    void enqueue(Thread& thread, std::size_t vcore);
    void make_ready(Thread& thread); // enqueues it where it should run
    std::size_t choose_vcore(const Thread& thread);
    std::size_t choose_among_vcores(const Thread& thread);
    void share_vcore(VcoreScheduler& own);
    void program_timer(VcoreScheduler& own, std::uint64_t deadline_tsc);
    void run_timers(VcoreScheduler& own);
    [[noreturn]] void idle();
    void wait_in_kernel(VcoreScheduler& own);
    bool something_ready() const;
    Status open_vcore_scheduler(std::size_t index);
    static void timer_upcall(RegisterFrame* frame);
    static void slice_end_upcall(RegisterFrame* frame);
    static void wake_upcall();

    VcoreScheduler schedulers_[max_cores];
    std::size_t vcore_count_ = 0;
    std::atomic<AffinityMask> usable_{~AffinityMask{0}}; // vcores that have time of their own
    std::atomic<std::size_t> thread_count_{0};
    std::atomic<std::uint64_t> next_id_{1};
    SpinLock table_lock_;
    Thread* threads_ = nullptr;
    bool account_ = false;
    std::uint64_t share_cycles_ = 0, idle_spin_cycles_ = 0;
};

extern constinit Scheduler environment_scheduler;
inline Scheduler& scheduler() {
    return environment_scheduler;
}

} // namespace exo
