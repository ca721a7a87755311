// A timer as a file (timerfd_create(2)): reading gives how often it has expired since it was read or set.
#pragma once

#include "libos-hpc/file/change_counter.hpp"
#include "libos-hpc/file/file.hpp"
#include "libos/thread/mutex.hpp"

namespace exo::hpc {

enum class TimerClock : std::uint8_t { Monotonic, Realtime };

class TimerFile final : public File {
public:
    TimerFile(std::uint32_t flags, TimerClock clock) : File(flags), clock_(clock) {}

    // By which absolute times are meant.
    TimerClock clock() const { return clock_; }

    // In nanoseconds of the monotonic clock: the first expiry, 0 for none, and the time between further ones, 0 for
    // none. Gives what was set before, the first as time from now.
    struct Setting {
        std::uint64_t first_ns = 0, interval_ns = 0;
    };
    Setting set(const Setting& wanted);
    Setting get();

    Outcome<std::size_t> read(ReadBuffer buffer) override;
    Outcome<Attributes> attributes() override;
    std::uint16_t ready() override;
    Edges edges() override;
    TimerFile* timer() override { return this; }

private:
    std::uint64_t expired(std::uint64_t now_ns) const;
    Setting remaining(std::uint64_t now_ns) const;

    const TimerClock clock_;
    Mutex lock_;
    ChangeCounter changed_;
    Setting setting_;
    std::uint64_t read_ = 0; // expiries of this setting that were read
    std::uint32_t settings_ = 0;
};

} // namespace exo::hpc
