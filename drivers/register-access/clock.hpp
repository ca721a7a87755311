// Time for waits on hardware. Every wait has a bound, and says whether it was met.
#pragma once

#include <cstdint>

namespace exo {

struct Clock {
    std::uint64_t (*now)(); // ticks, never backwards
    std::uint64_t ticks_per_us;

    std::uint64_t after_us(std::uint64_t us) const { return now() + us * ticks_per_us; }
};

// Polls until `condition()` holds; false when `timeout_us` passed first. Looks once more after the deadline, so
// that a caller that was itself delayed does not blame the device.
template <typename Condition>
[[nodiscard]] bool poll_until(const Clock& clock, std::uint64_t timeout_us, Condition&& condition) {
    const std::uint64_t deadline = clock.after_us(timeout_us);
    while (clock.now() < deadline) {
        if (condition()) {
            return true;
        }
        __builtin_ia32_pause();
    }
    return condition();
}

} // namespace exo
