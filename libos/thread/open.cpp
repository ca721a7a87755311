// Bringing the scheduler up: the caller becomes thread 1, every vcore gets an idle thread, and all but vcore 0 are
// started.
#include "libos/event/events.hpp"
#include "libos/memory/heap.hpp"
#include "libos/start/kit.hpp"
#include "libos/thread/scheduler.hpp"
#include "libos/thread/thread_memory.hpp"
#include "libos/time/clock.hpp"
#include "libos/upcall/dispatch.hpp"
#include "secure-bindings/abi/syscall.hpp"

namespace exo {

namespace {

constexpr std::uint64_t share_ns = 10'000'000;
constexpr std::uint64_t idle_spin_ns = 50'000;
constexpr std::size_t timers_per_vcore = threads_max + 256;

} // namespace

Status Scheduler::open_vcore_scheduler(std::size_t index) {
    VcoreScheduler& own = schedulers_[index];
    auto** timers = static_cast<Timer**>(heap_allocate(timers_per_vcore * sizeof(Timer*)));
    auto idle = ThreadMemory::allocate(thread_stack_bytes_min);
    auto event = event_capability({static_cast<std::uint32_t>(index), wake_event_bit});
    if (!timers || !idle)
        return std::unexpected(Error::TableFull);
    if (!event)
        return std::unexpected(event.error());
    own.timers.use(timers, timers_per_vcore);
    own.wake_event = *event;
    own.idle_thread = *idle;
    ThreadMemory::prepare(**idle, {});
    (*idle)->is_idle_ = true;
    (*idle)->affinity_.store(AffinityMask{1} << index, std::memory_order_relaxed);
    return set_event_handler(
        {static_cast<std::uint32_t>(index), wake_event_bit}, [](void*, EventBit) { wake_upcall(); }, nullptr);
}

// The first moments of another vcore, on its idle thread's stack.
void exo_vcore_begin(std::uint64_t index) {
    Scheduler& all = scheduler();
    Thread& idle = *all.of(index).idle_thread;
    open_vcore(index, start_info().vcore_core[index], idle.entry_stack_);
    Vcore& vcore = this_vcore();
    vcore.thread = &idle;
    vcore.scheduler = &all.of(index);
    idle.on_vcore_.store(true, std::memory_order_relaxed);
    all.idle();
}

Status Scheduler::open(const StartInfo& start) {
    vcore_count_ = start.vcore_count;
    several_vcores = vcore_count_ > 1;
    share_cycles_ = ns_to_cycles(share_ns);
    idle_spin_cycles_ = ns_to_cycles(idle_spin_ns);

    Vcore& vcore = this_vcore();
    auto first = ThreadMemory::adopt(initial_stack_top - initial_stack_bytes, initial_stack_bytes);
    if (!first)
        return std::unexpected(first.error());
    Thread& thread = **first;
    thread.state_.store(ThreadState::Running, std::memory_order_relaxed);
    thread.on_vcore_.store(true, std::memory_order_relaxed);
    thread.id_ = next_id_.fetch_add(1, std::memory_order_relaxed);
    thread.detached_ = true;
    threads_ = &thread;
    thread_count_.store(1, std::memory_order_relaxed);
    vcore.thread = &thread;

    set_pending_handler(pending::timer, timer_upcall);
    set_pending_handler(pending::slice_end, slice_end_upcall);
    for (std::size_t index = 0; index < vcore_count_; ++index) {
        if (Status status = open_vcore_scheduler(index); !status)
            return status;
    }
    vcore.scheduler = &schedulers_[0];
    for (std::size_t index = 1; index < vcore_count_; ++index) {
        Vcore& other = vcore_at(index);
        other.upcall.masked = 1;
        const Thread& idle = *schedulers_[index].idle_thread;
        const CallResult result =
            sys::start(self, index, reinterpret_cast<std::uint64_t>(exo_vcore_entry), idle.entry_stack_, index);
        if (!result.ok())
            return std::unexpected(result.error());
    }
    return {};
}

} // namespace exo
