// What a system call gives back: a value, or an errno negated; and one internal answer that only the dispatcher sees.
#pragma once

#include "libos-hpc/linux/errors.hpp"

#include <cstdint>

namespace exo::hpc {

using Answer = std::int64_t;

constexpr Answer answer(Errno error) {
    return -static_cast<Answer>(error);
}

template <typename T>
constexpr Answer answer(const std::expected<T, Errno>& outcome) {
    if (!outcome)
        return answer(outcome.error());
    if constexpr (__is_same(T, void))
        return 0;
    else
        return static_cast<Answer>(*outcome);
}

// A signal ended the call before it did anything: it is made again after the handler if the handler was installed with
// SA_RESTART, and is EINTR otherwise. Never seen by the program.
inline constexpr Answer interrupted_restartable = -512;

} // namespace exo::hpc
