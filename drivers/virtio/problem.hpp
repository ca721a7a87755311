// What can go wrong between a virtio driver and its device. The sentences are in problem.cpp.
#pragma once

#include <expected>

namespace exo::virtio {

enum class [[nodiscard]] Problem {
    // Bring-up
    WrongDevice,
    BadCapabilities,
    MissingStructure,
    Unmappable,
    OutOfMemory,
    ResetTimedOut,
    MissingFeature,
    FeaturesRefused,
    ConfigUnstable,
    MissingQueue,
    BadQueueMemory,
    VectorRefused,
    // Operation
    QueueFull,
    BadBuffer,
    TimedOut,
    // The device broke the rules; only a reset helps.
    BadUsedIndex,
    BadUsedId,
    BadUsedLength,
    BadMessage,
    NeedsReset,
};

template <typename T>
using Expected = std::expected<T, Problem>;

// One sentence without its full stop: "the device did not reset in time".
const char* describe(Problem problem);

} // namespace exo::virtio
