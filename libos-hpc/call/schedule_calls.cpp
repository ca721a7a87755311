// Scheduling as user-level threads have it: affinity to vcores is real, policies and priorities are those of a plain
// program (sched_setaffinity(2), sched_setscheduler(2), getcpu(2)).
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/user.hpp"
#include "libos-hpc/signal/attention.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos/thread/scheduler.hpp"
#include "libos/time/clock.hpp"
#include "libos/trace/trace.hpp"

namespace exo::hpc::call {
namespace {

using namespace linux_abi;

constexpr std::uint64_t word_bytes = sizeof(AffinityMask);

AffinityMask existing_vcores() {
    std::size_t count = scheduler().vcore_count();
    return count >= 64 ? ~0ull : (1ull << count) - 1;
}

bool is_own(int id) {
    return id == 0 || id == current_task().id;
}
bool exists(int id) {
    return is_own(id) || tasks().with(id, [](Task&) {});
}

} // namespace

Answer sched_yield() {
    thread_yield();
    return 0;
}

Answer sched_setaffinity(int id, std::uint64_t bytes, std::uint64_t address) {
    AffinityMask mask = 0;
    if (bytes && !copy_from_user(&mask, address, bytes < word_bytes ? bytes : word_bytes))
        return answer(Errno::FAULT);
    mask &= existing_vcores();
    if (!mask)
        return answer(Errno::INVAL);
    Status done;
    if (is_own(id))
        done = this_thread().set_affinity(mask);
    else if (!tasks().with(id, [&](Task& task) { done = task.thread->set_affinity(mask); }))
        return answer(Errno::SRCH);
    return done ? 0 : answer(Errno::INVAL);
}

Answer sched_getaffinity(int id, std::uint64_t bytes, std::uint64_t address) {
    if (bytes < word_bytes || bytes % word_bytes)
        return answer(Errno::INVAL);
    AffinityMask mask = this_thread().affinity();
    if (!is_own(id) && !tasks().with(id, [&](Task& task) { mask = task.thread->affinity(); }))
        return answer(Errno::SRCH);
    mask &= existing_vcores();
    return copy_to_user(address, &mask, word_bytes) ? static_cast<Answer>(word_bytes) : answer(Errno::FAULT);
}

Answer getcpu(User<std::uint32_t> processor, User<std::uint32_t> node) {
    bool told =
        (!processor || processor.store(static_cast<std::uint32_t>(this_vcore_index()))) && (!node || node.store(0));
    return told ? 0 : answer(Errno::FAULT);
}

Answer sched_getscheduler(int id) {
    return exists(id) ? scheduling::other : answer(Errno::SRCH);
}

Answer sched_getparam(int id, User<std::int32_t> priority) {
    if (!exists(id))
        return answer(Errno::SRCH);
    return priority.store(0) ? 0 : answer(Errno::FAULT);
}

Answer sched_setscheduler(int id, int policy, User<std::int32_t> priority) {
    std::int32_t wanted;
    if (!priority.load(wanted))
        return answer(Errno::FAULT);
    if (!exists(id))
        return answer(Errno::SRCH);
    policy &= ~scheduling::reset_on_fork;
    if (policy == scheduling::fifo || policy == scheduling::round_robin) {
        trace_missing("sched_setscheduler", static_cast<std::uint64_t>(policy));
        return answer(Errno::PERM);
    }
    if ((policy != scheduling::other && policy != scheduling::batch && policy != scheduling::idle) || wanted)
        return answer(Errno::INVAL);
    return policy == scheduling::other ? 0 : answer(Errno::PERM);
}

Answer sched_setparam(int id, User<std::int32_t> priority) {
    std::int32_t wanted;
    if (!priority.load(wanted))
        return answer(Errno::FAULT);
    if (!exists(id))
        return answer(Errno::SRCH);
    return wanted ? answer(Errno::INVAL) : 0;
}

Answer sched_get_priority_max(int policy) {
    constexpr Answer realtime_max = 99;
    if (policy == scheduling::fifo || policy == scheduling::round_robin)
        return realtime_max;
    bool known = policy == scheduling::other || policy == scheduling::batch || policy == scheduling::idle;
    return known ? 0 : answer(Errno::INVAL);
}

Answer sched_get_priority_min(int policy) {
    if (policy == scheduling::fifo || policy == scheduling::round_robin)
        return 1;
    return sched_get_priority_max(policy);
}

// Every vcore passes through a full barrier before this returns (membarrier(2)).
Answer membarrier(std::uint32_t command, std::uint32_t flags) {
    constexpr std::uint64_t patience_ns = 10'000'000'000;
    using namespace membarrier_command;
    if (flags)
        return answer(Errno::INVAL);
    switch (command) {
    case query:
        return global | global_expedited | register_global_expedited | private_expedited | register_private_expedited;
    case register_global_expedited:
    case register_private_expedited:
        return 0;
    case global:
    case global_expedited:
    case private_expedited:
        break;
    default:
        return answer(Errno::INVAL);
    }
    std::atomic_thread_fence(std::memory_order_seq_cst);
    std::uint64_t before[max_cores];
    std::size_t count = scheduler().vcore_count();
    for (std::size_t vcore = 0; vcore < count; ++vcore) {
        before[vcore] = attention_count(vcore);
        if (!draw_attention(vcore))
            return answer(Errno::NOMEM);
    }
    std::uint64_t deadline = deadline_in_ns(patience_ns);
    for (std::size_t vcore = 0; vcore < count; ++vcore) {
        while (attention_count(vcore) == before[vcore]) {
            if (tsc() >= deadline)
                return answer(Errno::AGAIN); // a vcore got no time; nothing is promised
            thread_yield();
        }
    }
    return 0;
}

Answer getpriority(int, int) {
    return 20;
} // nice 0, as the call encodes it
Answer setpriority(int, int, int nice) {
    return nice == 0 ? 0 : answer(Errno::PERM);
}

} // namespace exo::hpc::call
