// What can go wrong between the driver and an 82574L. The sentences are in problem.cpp.
#pragma once

#include <expected>

namespace exo::e1000e {

enum class [[nodiscard]] Problem {
    ResetTimedOut,
    NoAddress,
    BadRing,
    // The device broke the rules; only a reset helps.
    BadLength,
    SplitFrame,
};

template <typename T>
using Expected = std::expected<T, Problem>;

// One sentence without its full stop.
const char* describe(Problem problem);

} // namespace exo::e1000e
