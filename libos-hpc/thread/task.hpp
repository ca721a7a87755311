// A Linux thread: what the personality keeps beside the kit's Thread that runs it, and the table of all of them.
// Making and ending them: ../call/thread_calls.cpp. Signals of a task: ../signal/delivery.hpp.
#pragma once

#include "libos-hpc/linux/signals.hpp"
#include "libos-hpc/linux/threads.hpp"
#include "libos/thread/spin_lock.hpp"
#include "libos/thread/thread.hpp"
#include "libos/upcall/vcore.hpp"

namespace exo::hpc {

// One process a program: its number, and that of whoever started it.
inline constexpr std::int32_t process_id = 2;
inline constexpr std::int32_t parent_process_id = 1;

inline constexpr std::size_t queued_signals_max = 32; // a task, of real-time signals
inline constexpr std::size_t task_name_bytes = 16;

// A signal that waits to be delivered. Standard signals are kept once each.
struct PendingSignals {
    linux_abi::SignalSet set = 0;
    std::size_t count = 0;
    linux_abi::SignalInfo info[queued_signals_max] = {};
};

struct Task {
    std::int32_t id = 0;
    Thread* thread = nullptr;
    // True while the thread is inside the personality: signals wait until it leaves. Written by the thread itself.
    bool in_kit = false;

    // Cleared and woken when the thread ends (set_tid_address(2)).
    std::uint64_t clear_id_address = 0;
    std::uint64_t robust_list = 0;
    char name[task_name_bytes] = {};

    // Signals. `lock` is of `pending`; the rest is the thread's own.
    SpinLock lock;
    PendingSignals pending;
    linux_abi::SignalSet blocked = 0;
    linux_abi::SignalSet restored_mask = 0; // to be back in force after the handler (sigsuspend)
    bool has_restored_mask = false;
    linux_abi::SignalStack alternate_stack{0, linux_abi::stack_flag::disable, 0, 0};

    Task* next = nullptr;
};

inline Task& current_task() {
    // Safe: every thread that runs program code has a task as its personal value.
    return *static_cast<Task*>(this_thread().personal());
}

class TaskTable {
public:
    std::int32_t take_id() { return next_id_.fetch_add(1, std::memory_order_relaxed); }
    // Lists a task whose thread runs already.
    void add(Task& task);
    // Makes the task's thread, which runs at once, and lists it. False when the kit has no room for a thread.
    bool begin(Task& task, const ThreadSpec& spec);
    void remove(Task& task);
    std::size_t count();
    // Runs `visit` on each task under the table's lock until it returns false; must be short.
    template <typename Visit>
    void for_each(Visit&& visit) {
        SpinGuard guard(lock_);
        for (Task* task = first_; task && visit(*task); task = task->next) {
        }
    }
    // Runs `use` on the task of that number under the table's lock; false when there is none.
    template <typename Use>
    bool with(std::int32_t id, Use&& use) {
        SpinGuard guard(lock_);
        for (Task* task = first_; task; task = task->next) {
            if (task->id == id) {
                use(*task);
                return true;
            }
        }
        return false;
    }
    // CPU time of threads that have ended, in cycles.
    std::uint64_t ended_cycles() const { return ended_cycles_.load(std::memory_order_relaxed); }

private:
    SpinLock lock_;
    Task* first_ = nullptr;
    std::size_t count_ = 0;
    std::atomic<std::int32_t> next_id_{process_id};
    std::atomic<std::uint64_t> ended_cycles_{0};
};

TaskTable& tasks();

// Makes the running kit thread the program's first task.
bool open_first_task();
// Gives it the last component of the program's path as its name.
void name_first_task();

} // namespace exo::hpc
