// The sentences for problem.hpp.
#include "drivers/virtio/problem.hpp"

namespace exo::virtio {

const char* describe(Problem problem) {
    switch (problem) {
    case Problem::WrongDevice:
        return "the function is not the modern virtio device that was expected";
    case Problem::BadCapabilities:
        return "the device's capability list is malformed";
    case Problem::MissingStructure:
        return "the device lacks a register structure that virtio 1.2 requires";
    case Problem::Unmappable:
        return "a register structure lies outside the device's BARs";
    case Problem::OutOfMemory:
        return "there is no DMA memory left for the driver";
    case Problem::ResetTimedOut:
        return "the device did not reset in time";
    case Problem::MissingFeature:
        return "the device does not offer a feature the driver needs";
    case Problem::FeaturesRefused:
        return "the device refused the features it had offered";
    case Problem::ConfigUnstable:
        return "the device's configuration kept changing while it was read";
    case Problem::MissingQueue:
        return "the device lacks a queue the driver needs";
    case Problem::BadQueueMemory:
        return "the memory for a queue is too small or misaligned";
    case Problem::VectorRefused:
        return "the device has no room for an interrupt vector";
    case Problem::QueueFull:
        return "the queue has too few free descriptors";
    case Problem::BadBuffer:
        return "a buffer chain is empty or longer than a queue can carry";
    case Problem::TimedOut:
        return "the device did not answer in time";
    case Problem::BadUsedIndex:
        return "the device reported more completions than there were requests";
    case Problem::BadUsedId:
        return "the device completed a request that was not outstanding";
    case Problem::BadUsedLength:
        return "the device claims to have written more than it was given room for";
    case Problem::BadMessage:
        return "the device sent a malformed message";
    case Problem::NeedsReset:
        return "the device reports an internal error and asks for a reset";
    }
    return "the device has an unknown fault";
}

} // namespace exo::virtio
