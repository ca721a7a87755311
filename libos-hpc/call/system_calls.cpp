// About the machine and the process: uname(2), sysinfo(2), getrlimit(2), getrusage(2), getrandom(2).
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/user.hpp"
#include "libos-hpc/file/descriptors.hpp"
#include "libos-hpc/random/random.hpp"
#include "libos-hpc/start/program_stack.hpp"
#include "libos-hpc/system/usage.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/memory/frame_allocator.hpp"
#include "libos/thread/mutex.hpp"
#include "libos/time/clock.hpp"

namespace exo::hpc::call {
namespace {

using namespace linux_abi;

constexpr std::uint64_t ns_per_second = nanoseconds_per_second, ns_per_us = 1000;

void put(char (&field)[name_field_bytes], std::string_view text) {
    copy_bytes(field, text.data(), text.size());
}

[[clang::no_destroy]] constinit Mutex limits_lock;
struct Limits {
    Limit of[limit::count];
    constexpr Limits() : of() {
        for (Limit& one : of)
            one = {limit_infinite, limit_infinite};
        of[limit::stack] = {program_stack_bytes, limit_infinite};
        of[limit::core] = {0, limit_infinite};
        of[limit::files] = {descriptors_max, descriptors_max};
        of[limit::processes] = {threads_max, threads_max};
        of[limit::nice] = of[limit::realtime_priority] = {0, 0};
    }
};
constinit Limits limits;

// Limits that mean something here, or are met whatever they are. Others can only be set to what they are.
bool can_change(unsigned which) {
    return which == limit::stack || which == limit::core || which == limit::files;
}

Done set_limit(unsigned which, const Limit& wanted) {
    Limit& now = limits.of[which];
    if (wanted.current > wanted.maximum)
        return fail(Errno::INVAL);
    if (wanted.maximum > now.maximum || (!can_change(which) && wanted.current != now.current))
        return fail(Errno::PERM);
    now = wanted;
    if (which == limit::files)
        descriptors().set_limit(static_cast<std::size_t>(wanted.current));
    return {};
}

} // namespace

Answer uname(User<SystemName> where) {
    SystemName name{};
    put(name.system, "Linux"); // whose interface this is
    put(name.node, "exokernel");
    put(name.release, "6.1.0-exokernel");
    put(name.version, "libos-hpc");
    put(name.machine, "x86_64");
    put(name.domain, "(none)");
    return where.store(name) ? 0 : answer(Errno::FAULT);
}

Answer sysinfo(User<SystemInfo> where) {
    FrameStatistics memory = frames().statistics();
    SystemInfo info{};
    info.uptime_seconds = static_cast<std::int64_t>(monotonic_ns() / ns_per_second);
    info.total_memory = memory.total * page_bytes;
    info.free_memory = memory.free * page_bytes;
    info.processes = static_cast<std::uint16_t>(tasks().count());
    info.unit_bytes = 1;
    return where.store(info) ? 0 : answer(Errno::FAULT);
}

Answer prlimit64(int process, std::uint32_t which, User<Limit> wanted, User<Limit> before) {
    Limit fresh{}, old;
    if (process != 0 && process != process_id)
        return answer(Errno::SRCH);
    if (which >= limit::count)
        return answer(Errno::INVAL);
    if (wanted && !wanted.load(fresh))
        return answer(Errno::FAULT);
    {
        MutexGuard guard(limits_lock);
        old = limits.of[which];
        if (wanted) {
            if (auto done = set_limit(which, fresh); !done)
                return answer(done);
        }
    }
    return !before || before.store(old) ? 0 : answer(Errno::FAULT);
}

Answer getrlimit(std::uint32_t which, User<Limit> where) {
    return prlimit64(0, which, User<Limit>{0}, where);
}
Answer setrlimit(std::uint32_t which, User<Limit> wanted) {
    return wanted ? prlimit64(0, which, wanted, User<Limit>{0}) : answer(Errno::FAULT);
}

Answer getrusage(int whose, User<ResourceUsage> where) {
    ResourceUsage usage{};
    if (whose == usage_of::self || whose == usage_of::thread) {
        std::uint64_t ns = whose == usage_of::self ? process_cpu_ns() : thread_cpu_ns();
        usage.user = {static_cast<std::int64_t>(ns / ns_per_second),
                      static_cast<std::int64_t>(ns % ns_per_second / ns_per_us)};
        AddressSpaceStatistics memory = address_space().statistics();
        usage.resident_max_kib = static_cast<std::int64_t>(memory.peak_mapped_bytes / 1024);
        usage.minor_faults = static_cast<std::int64_t>(memory.demand_faults + memory.copy_faults);
    } else if (whose != usage_of::children) {
        return answer(Errno::INVAL);
    }
    return where.store(usage) ? 0 : answer(Errno::FAULT);
}

Answer getrandom(std::uint64_t address, std::uint64_t bytes, std::uint32_t flags) {
    constexpr std::uint32_t defined = random_flag::non_block | random_flag::random | random_flag::insecure;
    if ((flags & ~defined) ||
        (flags & (random_flag::random | random_flag::insecure)) == (random_flag::random | random_flag::insecure))
        return answer(Errno::INVAL);
    auto buffer = buffer_to_fill(address, bytes);
    if (!buffer)
        return answer(buffer.error());
    fill_random(*buffer);
    return static_cast<Answer>(buffer->size());
}

} // namespace exo::hpc::call
