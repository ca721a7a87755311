// epoll (epoll(7)) and timers as files (timerfd_create(2)).
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/open_file.hpp"
#include "libos-hpc/call/wait_ready.hpp"
#include "libos-hpc/file/epoll_file.hpp"
#include "libos-hpc/file/timer_file.hpp"
#include "libos-hpc/time/deadline.hpp"

namespace exo::hpc::call {
namespace {

Answer wait_for_events(int fd, User<EpollEvent> events, int count, std::uint64_t deadline) {
    constexpr std::size_t at_a_time = 64;
    auto file = file_of(fd);
    if (!file)
        return answer(file.error());
    EpollFile* const epoll = (*file)->epoll();
    if (!epoll || count <= 0 || count > epoll_events_max)
        return answer(Errno::INVAL);
    return answer(wait_until_ready(deadline, [&]() -> Outcome<std::size_t> {
        EpollEvent found[at_a_time];
        const std::size_t ready = epoll->collect({found, std::min(at_a_time, static_cast<std::size_t>(count))});
        if (ready && !copy_to_user(events.address, found, ready * sizeof(EpollEvent)))
            return fail(Errno::FAULT);
        return ready;
    }));
}

Outcome<Ref<File>> timer_of(int fd) {
    auto file = file_of(fd);
    if (file && !(*file)->timer())
        return fail(Errno::INVAL);
    return file;
}

IntervalTimerSpec told(const TimerFile::Setting& setting) {
    return {timespec_of(setting.interval_ns), timespec_of(setting.first_ns)};
}

} // namespace

Answer epoll_create1(std::uint32_t flags) {
    if (flags & ~open_flag::close_on_exec)
        return answer(Errno::INVAL);
    Ref<File> file = make<EpollFile>();
    return file ? answer(descriptors().add(file, flags & open_flag::close_on_exec)) : answer(Errno::NOMEM);
}

Answer epoll_create(int size) {
    return size <= 0 ? answer(Errno::INVAL) : epoll_create1(0);
}

Answer epoll_ctl(int fd, std::int32_t operation, int target, User<EpollEvent> where) {
    EpollEvent event{};
    if (operation != epoll_operation::remove && !where.load(event))
        return answer(Errno::FAULT);
    auto file = file_of(fd), watched = file_of(target);
    if (!file || !watched)
        return answer(Errno::BADF);
    EpollFile* const epoll = (*file)->epoll();
    if (!epoll || *file == *watched)
        return answer(Errno::INVAL);
    switch (operation) {
    case epoll_operation::add:
        return answer(epoll->add(target, *watched, event));
    case epoll_operation::change:
        return answer(epoll->modify(target, **watched, event));
    case epoll_operation::remove:
        return answer(epoll->remove(target, **watched));
    default:
        return answer(Errno::INVAL);
    }
}

Answer epoll_wait(int fd, User<EpollEvent> events, int count, int timeout_ms) {
    return wait_for_events(fd, events, count, deadline_from_ms(timeout_ms));
}

Answer epoll_pwait(int fd, User<EpollEvent> events, int count, int timeout_ms, std::uint64_t mask,
                   std::uint64_t mask_bytes) {
    if (auto set = set_waiting_mask(mask, mask_bytes); !set)
        return answer(set);
    return wait_for_events(fd, events, count, deadline_from_ms(timeout_ms));
}

Answer epoll_pwait2(int fd, User<EpollEvent> events, int count, User<Timespec> timeout, std::uint64_t mask,
                    std::uint64_t mask_bytes) {
    auto deadline = deadline_from(timeout);
    if (!deadline)
        return answer(deadline.error());
    if (auto set = set_waiting_mask(mask, mask_bytes); !set)
        return answer(set);
    return wait_for_events(fd, events, count, *deadline);
}

Answer timerfd_create(std::int32_t clock, std::uint32_t flags) {
    if (flags & ~(open_flag::close_on_exec | open_flag::non_block))
        return answer(Errno::INVAL);
    if (clock != clock_id::realtime && clock != clock_id::monotonic && clock != clock_id::boottime)
        return answer(Errno::INVAL);
    auto file = make<TimerFile>((flags & open_flag::non_block) | open_flag::read_write,
                                clock == clock_id::realtime ? TimerClock::Realtime : TimerClock::Monotonic);
    return file ? answer(descriptors().add(Ref<File>(file), flags & open_flag::close_on_exec)) : answer(Errno::NOMEM);
}

Answer timerfd_settime(int fd, std::uint32_t flags, User<IntervalTimerSpec> wanted, User<IntervalTimerSpec> before) {
    IntervalTimerSpec spec;
    if (!wanted.load(spec))
        return answer(Errno::FAULT);
    if ((flags & ~(timerfd_flag::absolute | timerfd_flag::cancel_on_set)) || !spec.value.valid() ||
        !spec.interval.valid())
        return answer(Errno::INVAL);
    auto file = timer_of(fd);
    if (!file)
        return answer(file.error());
    TimerFile& timer = *(*file)->timer();
    TimerFile::Setting setting{nanoseconds_of(spec.value), nanoseconds_of(spec.interval)};
    if (setting.first_ns) {
        const std::uint64_t now_ns = monotonic_ns();
        const std::uint64_t ahead_ns = timer.clock() == TimerClock::Realtime ? realtime_ns() - now_ns : 0;
        if (!(flags & timerfd_flag::absolute))
            setting.first_ns = setting.first_ns > ~now_ns ? ~0ull : now_ns + setting.first_ns;
        else
            setting.first_ns = setting.first_ns > ahead_ns ? setting.first_ns - ahead_ns : 1;
    }
    const TimerFile::Setting old = timer.set(setting);
    return before && !before.store(told(old)) ? answer(Errno::FAULT) : 0;
}

Answer timerfd_gettime(int fd, User<IntervalTimerSpec> where) {
    auto file = timer_of(fd);
    if (!file)
        return answer(file.error());
    return where.store(told((*file)->timer()->get())) ? 0 : answer(Errno::FAULT);
}

} // namespace exo::hpc::call
