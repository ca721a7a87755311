// Interface: timer_file.hpp.
#include "libos-hpc/file/timer_file.hpp"

#include "libos/memory/bytes.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>

namespace exo::hpc {

// Since it was set.
std::uint64_t TimerFile::expired(std::uint64_t now_ns) const {
    if (!setting_.first_ns || now_ns < setting_.first_ns)
        return 0;
    return setting_.interval_ns ? 1 + (now_ns - setting_.first_ns) / setting_.interval_ns : 1;
}

TimerFile::Setting TimerFile::remaining(std::uint64_t now_ns) const {
    const std::uint64_t count = expired(now_ns);
    if (!setting_.first_ns || (count && !setting_.interval_ns))
        return {0, setting_.interval_ns};
    return {setting_.first_ns + count * setting_.interval_ns - now_ns, setting_.interval_ns};
}

TimerFile::Setting TimerFile::set(const Setting& wanted) {
    Setting before;
    {
        MutexGuard guard(lock_);
        before = remaining(monotonic_ns());
        setting_ = wanted;
        read_ = 0;
        ++settings_;
    }
    changed_.advance();
    return before;
}

TimerFile::Setting TimerFile::get() {
    MutexGuard guard(lock_);
    return remaining(monotonic_ns());
}

Outcome<std::size_t> TimerFile::read(ReadBuffer buffer) {
    std::uint64_t count = 0;
    if (buffer.size() < sizeof count)
        return fail(Errno::INVAL);
    for (;;) {
        const std::uint32_t seen = changed_.seen();
        std::uint64_t next_ns;
        {
            MutexGuard guard(lock_);
            const std::uint64_t now_ns = monotonic_ns(), all = expired(now_ns);
            count = all - read_;
            read_ = all;
            next_ns = remaining(now_ns).first_ns;
        }
        if (count) {
            copy_bytes(buffer.data(), &count, sizeof count);
            return sizeof count;
        }
        if (non_blocking())
            return fail(Errno::AGAIN);
        auto waited = changed_.wait(seen, next_ns ? deadline_in_ns(next_ns) : no_deadline);
        if (!waited && waited.error() != Errno::TIMEDOUT)
            return fail(waited.error());
    }
}

std::uint16_t TimerFile::ready() {
    MutexGuard guard(lock_);
    return expired(monotonic_ns()) != read_ ? linux_abi::poll_event::in : 0;
}

Edges TimerFile::edges() {
    MutexGuard guard(lock_);
    return {static_cast<std::uint32_t>(expired(monotonic_ns())), settings_};
}

Outcome<Attributes> TimerFile::attributes() {
    Attributes result;
    result.mode = 0600;
    return result;
}

} // namespace exo::hpc
