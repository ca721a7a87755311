// The stack's clock: ticks of a counter, handed in so that tests have a clock of their own. On the kit a tick is one
// cycle of the TSC (net_clock in configure.hpp), so a deadline of the stack is one for Port::sleep.
#pragma once

#include <cstdint>

namespace exo::net {

struct Clock {
    std::uint64_t (*now_ticks)(void* context) = nullptr;
    void* context = nullptr;
    std::uint64_t ticks_per_ms = 1;

    std::uint64_t now() const { return now_ticks(context); }
    std::uint64_t after_ms(std::uint64_t now, std::uint64_t ms) const { return now + ms * ticks_per_ms; }
};

inline constexpr std::uint64_t never = ~0ull;

} // namespace exo::net
