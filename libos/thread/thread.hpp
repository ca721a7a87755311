// User-level threads, many on few vcores: what a thread is and the calls on it. How they are spread over vcores:
// scheduler.hpp. Waiting for each other: mutex.hpp, condition.hpp, and wait/ for waiting on addresses.
#pragma once

#include "libos/thread/timer_heap.hpp"
#include "libos/upcall/register_frame.hpp"
#include "secure-bindings/abi/types.hpp"

#include <atomic>
#include <cstddef>

namespace exo {

class Thread;
struct Waiter;
void thread_yield();
// The FS base belongs to the thread and is only changed by this call: the switch does not look whether it was.
std::uint64_t thread_fs_base();
void set_thread_fs_base(std::uint64_t base);
enum class WaitEnd : std::uint8_t;
extern "C" void exo_thread_begin(Thread* thread);
extern "C" void exo_vcore_begin(std::uint64_t index);
[[noreturn]] void thread_exit(std::uint64_t result);

inline constexpr std::size_t threads_max = 4096;
inline constexpr std::size_t thread_stack_bytes_default = 64 * 1024;
inline constexpr std::size_t thread_stack_bytes_min = 16 * 1024;

using AffinityMask = std::uint64_t; // bit i: may run on vcore i
static_assert(max_cores <= 64);

enum class ThreadState : std::uint32_t {
    Ready = 0, // in a run queue, or about to be
    Running = 1,
    Parked = 2, // waits for unpark
    Ended = 3,
};

// Whether a thread's vector registers hold something when it enters the kit by a call.
enum class VectorState : std::uint8_t {
    Dead, // as the calling convention has it: only the control words are kept across a switch
    Kept, // saved and restored whole at every switch: for threads that enter by reflected system calls
};

struct ThreadSpec {
    // Runs on the thread's kit stack; when it returns, the thread ends with its result. With `frame` instead, the
    // thread begins in user code at those registers.
    std::uint64_t (*entry)(void* argument) = nullptr;
    void* argument = nullptr;
    const RegisterFrame* frame = nullptr;
    std::uint64_t fs_base = 0;
    std::size_t stack_bytes = thread_stack_bytes_default; // of the kit stack, which is the only one for `entry`
    AffinityMask affinity = ~0ull;
    VectorState vectors = VectorState::Dead;
    void* personal = nullptr; // the personality's
    bool detached = false;
};

// Objects of this class are used again for other threads but never leave: a late wake finds a thread, if not the one it
// meant, and every wait looks at its own condition again.
class Thread {
public:
    // A thread that is ready to run. Errors: TableFull (threads_max, or no memory), BadArgument (affinity without a
    // vcore).
    static Result<Thread*> create(const ThreadSpec& spec);

    std::uint64_t id() const { return id_; }
    void* personal() const { return personal_; }
    void set_personal(void* value) { personal_ = value; }
    ThreadState state() const { return state_.load(std::memory_order_relaxed); }
    AffinityMask affinity() const { return affinity_.load(std::memory_order_relaxed); }
    // Takes effect at the next switch; the running thread moves at once when it must.
    Status set_affinity(AffinityMask mask);
    std::size_t vcore() const { return vcore_.load(std::memory_order_relaxed); } // where it runs or ran last
    // TSC cycles it has run, if accounting is on (Scheduler::account).
    std::uint64_t run_cycles() const;
    VectorState vectors() const { return vectors_; }
    void set_vectors(VectorState state) { vectors_ = state; }
    // The frame by which the running thread came into the kit from user code, if it did.
    RegisterFrame* user_frame() const;

    // Lets a parked thread go on; if it is not parked, its next park returns at once. From any thread or handler.
    void unpark();
    // Waits for its end and frees it. Errors: WrongState (detached, or someone else joins already).
    Result<std::uint64_t> join();
    Status detach();

private:
    friend class Scheduler;
    friend class VcoreScheduler;
    friend struct ThreadMemory;
    friend struct ThreadOffsets;
    friend bool thread_park(std::uint64_t deadline_tsc);
    friend WaitEnd wait_for_wake(Waiter& waiter, std::uint64_t deadline_tsc, bool interruptible);
    friend void thread_exit(std::uint64_t result);
    friend void thread_yield();
    friend std::uint64_t thread_fs_base();
    friend void set_thread_fs_base(std::uint64_t base);
    friend void after_pending(RegisterFrame* frame);
    friend void exo_thread_begin(Thread* thread);
    friend void exo_vcore_begin(std::uint64_t index);

    // Read by entry.S: the stack pointer for entries from outside the kit stack, and the kit stack, which entries from
    // inside stay on.
    std::uint64_t entry_stack_ = 0, stack_base_ = 0, stack_bytes_ = 0;
    std::uint64_t saved_stack_ = 0; // of the context that switched away
    std::uint64_t fs_base_ = 0;
    std::byte* vector_area_ = nullptr;
    std::atomic<bool> on_vcore_{false}; // false once its registers are saved: cleared by exo_switch_stack
    VectorState vectors_ = VectorState::Dead;
    bool detached_ = false;        // from the beginning
    std::atomic<bool> end_{false}; // set by its end and by a later detach
    std::atomic<ThreadState> state_{ThreadState::Ready};
    std::atomic<std::uint32_t> permit_{0};
    std::atomic<AffinityMask> affinity_{~0ull};
    Thread* queue_next_ = nullptr;
    Thread* table_next_ = nullptr;
    Thread* table_previous_ = nullptr;
    std::atomic<std::uint32_t> vcore_{0};
    bool is_idle_ = false;
    std::uint64_t id_ = 0;
    void* personal_ = nullptr;
    Timer timer_;
    std::uint64_t result_ = 0;
    std::atomic<Thread*> joiner_{nullptr};
    std::uint64_t run_cycles_ = 0, run_since_ = 0;
    std::uint64_t (*entry_)(void*) = nullptr;
    void* argument_ = nullptr;
};

struct ThreadOffsets {
    static_assert(offsetof(Thread, entry_stack_) == THREAD_ENTRY_STACK);
    static_assert(offsetof(Thread, stack_base_) == THREAD_STACK_BASE);
    static_assert(offsetof(Thread, stack_bytes_) == THREAD_STACK_BYTES);
};

// Calls of the running thread; thread_exit and thread_yield are two more.
// Gives the vcore up until unpark, or until the deadline: false then. May also return early without reason.
bool thread_park(std::uint64_t deadline_tsc = no_deadline);
// Sleeps until the deadline. Ends early when unparked: the result says whether the deadline has passed.
bool thread_sleep_until(std::uint64_t deadline_tsc);

} // namespace exo
