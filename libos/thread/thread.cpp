// The calls on threads. See thread.hpp.
#include "libos/thread/thread.hpp"

#include "libos/thread/switching.hpp"
#include "libos/thread/thread_memory.hpp"
#include "libos/time/clock.hpp"

namespace exo {

Result<Thread*> Thread::create(const ThreadSpec& spec) {
    Scheduler& all = scheduler();
    if (!(spec.affinity & all.vcore_mask()) || (!spec.entry && !spec.frame))
        return std::unexpected(Error::BadArgument);
    if (all.thread_count_.fetch_add(1, std::memory_order_relaxed) >= threads_max) {
        all.thread_count_.fetch_sub(1, std::memory_order_relaxed);
        return std::unexpected(Error::TableFull);
    }
    auto made = ThreadMemory::allocate(spec.stack_bytes);
    if (!made) {
        all.thread_count_.fetch_sub(1, std::memory_order_relaxed);
        return made;
    }
    Thread& thread = **made;
    ThreadMemory::prepare(thread, spec);
    thread.affinity_.store(spec.affinity, std::memory_order_relaxed);
    thread.id_ = all.next_id_.fetch_add(1, std::memory_order_relaxed);
    MaskGuard mask;
    thread.vcore_.store(static_cast<std::uint32_t>(this_vcore_index()), std::memory_order_relaxed);
    {
        SpinGuard guard(all.table_lock_);
        thread.table_previous_ = nullptr;
        thread.table_next_ = all.threads_;
        if (all.threads_)
            all.threads_->table_previous_ = &thread;
        all.threads_ = &thread;
    }
    all.make_ready(thread);
    return &thread;
}

void thread_exit(std::uint64_t result) {
    mask();
    Scheduler& all = scheduler();
    Thread& thread = this_thread();
    {
        SpinGuard guard(all.table_lock_);
        (thread.table_previous_ ? thread.table_previous_->table_next_ : all.threads_) = thread.table_next_;
        if (thread.table_next_)
            thread.table_next_->table_previous_ = thread.table_previous_;
    }
    all.thread_count_.fetch_sub(1, std::memory_order_relaxed);
    thread.result_ = result;
    // Ordered against join and detach, which set theirs and then look at the state.
    thread.state_.store(ThreadState::Ended, std::memory_order_seq_cst);
    Thread* joiner = thread.joiner_.load(std::memory_order_seq_cst);
    if (thread.detached_ || thread.end_.exchange(true, std::memory_order_acq_rel))
        ThreadMemory::bury(thread);
    else if (joiner && joiner != &thread)
        all.wake_parked(*joiner);
    all.switch_away();
    __builtin_unreachable();
}

Result<std::uint64_t> Thread::join() {
    Thread* nobody = nullptr;
    if (detached_ || !joiner_.compare_exchange_strong(nobody, &this_thread(), std::memory_order_seq_cst))
        return std::unexpected(Error::WrongState);
    Scheduler& all = scheduler();
    {
        MaskGuard mask;
        while (state_.load(std::memory_order_seq_cst) != ThreadState::Ended) {
            all.prepare_to_park();
            if (state_.load(std::memory_order_seq_cst) == ThreadState::Ended && all.cancel_park())
                break;
            all.switch_away();
        }
    }
    while (on_vcore_.load(std::memory_order_acquire)) // pairs with the store in exo_switch_stack
        thread_yield();
    const std::uint64_t result = result_;
    ThreadMemory::free(*this);
    return result;
}

Status Thread::detach() {
    MaskGuard mask;
    Thread* nobody = nullptr;
    // The place of the joiner is taken by the thread itself: nobody joins from now on.
    if (detached_ || !joiner_.compare_exchange_strong(nobody, this, std::memory_order_seq_cst))
        return std::unexpected(Error::WrongState);
    // Whichever comes second, this or the thread's end, sees the other (end_ is exchanged by both) and buries it.
    if (end_.exchange(true, std::memory_order_acq_rel))
        ThreadMemory::bury(*this);
    return {};
}

Status Thread::set_affinity(AffinityMask mask) {
    Scheduler& all = scheduler();
    if (!(mask & all.vcore_mask()))
        return std::unexpected(Error::BadArgument);
    affinity_.store(mask, std::memory_order_seq_cst);
    MaskGuard masked;
    if (this == &this_thread()) {
        if (!(mask >> this_vcore_index() & 1))
            all.yield();
        return {};
    }
    const std::size_t where = vcore();
    if (!(mask >> where & 1) && where != this_vcore_index())
        all.kick(where);
    return {};
}

std::uint64_t Thread::run_cycles() const {
    const bool running = state_.load(std::memory_order_relaxed) == ThreadState::Running;
    return run_cycles_ + (running && run_since_ ? tsc() - run_since_ : 0);
}

RegisterFrame* Thread::user_frame() const {
    return reinterpret_cast<RegisterFrame*>(entry_stack_ - sizeof(RegisterFrame)); // Safe: where entry.S puts it.
}

void Thread::unpark() {
    MaskGuard mask;
    permit_.store(1, std::memory_order_seq_cst);
    scheduler().wake_parked(*this);
}

bool thread_park(std::uint64_t deadline_tsc) {
    MaskGuard mask;
    Scheduler& all = scheduler();
    Thread& thread = this_thread();
    if (thread.permit_.exchange(0, std::memory_order_seq_cst))
        return true;
    if (deadline_tsc <= tsc())
        return false;
    all.set_deadline(deadline_tsc);
    all.prepare_to_park();
    if (!thread.permit_.load(std::memory_order_seq_cst) || !all.cancel_park())
        all.switch_away();
    all.clear_deadline();
    return thread.permit_.exchange(0, std::memory_order_seq_cst) != 0;
}

void Scheduler::park_unless(const std::atomic<bool>& flag, std::uint64_t deadline_tsc) {
    MaskGuard mask;
    if (deadline_tsc <= tsc())
        return;
    set_deadline(deadline_tsc);
    prepare_to_park();
    if (!flag.load(std::memory_order_seq_cst) || !cancel_park())
        switch_away();
    clear_deadline();
}

bool thread_sleep_until(std::uint64_t deadline_tsc) {
    while (tsc() < deadline_tsc) {
        if (thread_park(deadline_tsc))
            return tsc() >= deadline_tsc;
    }
    return true;
}

std::uint64_t thread_fs_base() {
    return this_thread().fs_base_;
}

void set_thread_fs_base(std::uint64_t base) {
    MaskGuard mask;
    this_thread().fs_base_ = base;
    asm volatile("wrfsbase %0"
                 :
                 : "r"(base)); // Safe: FSGSBASE is enabled for user mode; the switch keeps it with the thread.
}

void Scheduler::for_each(bool (*visit)(Thread&, void*), void* context) {
    SpinGuard guard(table_lock_);
    for (Thread* thread = threads_; thread; thread = thread->table_next_) {
        if (!visit(*thread, context))
            break;
    }
}

} // namespace exo
