// What can go wrong between the driver and an NVMe controller. The sentences are in problem.cpp.
#pragma once

#include <cstdint>
#include <expected>

namespace exo::nvme {

enum class [[nodiscard]] Problem {
    NotNvm,
    PageSize,
    ResetTimedOut,
    StartTimedOut,
    Fatal,
    CommandTimedOut,
    CommandFailed,
    NoQueues,
    BadQueue,
    BadNamespace,
    // The device broke the rules; only a reset helps.
    UnknownCommand,
};

template <typename T>
using Expected = std::expected<T, Problem>;

// One sentence without its full stop.
const char* describe(Problem problem);

} // namespace exo::nvme
