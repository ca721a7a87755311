// What a virtio driver asks of its surroundings: configuration space, mapped BARs, DMA memory, time.
// A library OS implements this on its bindings; a host test on a fake device. Used by transport.hpp and the drivers.
#pragma once

#include "drivers/register-access/clock.hpp"
#include "drivers/register-access/registers.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace exo::virtio {

// Memory that the device may read and write: contiguous for the device, at `device_address`.
struct DmaBuffer {
    std::byte* memory = nullptr;
    std::uint64_t device_address = 0;
    std::size_t bytes = 0;
};

// Part of a BAR. Control code goes through `registers`; a doorbell is a store to `memory`.
struct BarWindow {
    Registers registers{};
    std::byte* memory = nullptr;
};

struct Environment {
    void* context;
    // The function's 4 KiB configuration space; only read.
    Registers config;
    // Maps `bytes` of a BAR from `offset`, which need not be on a page boundary; nothing when the BAR has no such
    // part. The window stays mapped as long as the environment lives.
    std::optional<BarWindow> (*map_bar)(void* context, unsigned bar, std::uint64_t offset, std::uint64_t bytes);
    // Zeroed memory, aligned to a page, in the function's DMA domain, for as long as the environment lives.
    std::optional<DmaBuffer> (*allocate_dma)(void* context, std::size_t bytes);
    // Called between two looks at the device: pause, let other threads run, or wait for the function's event.
    void (*relax)(void* context);
    Clock clock;
};

// Looks until `condition()` holds; false when `timeout_us` passed first. Looks once more after the deadline.
template <typename Condition>
[[nodiscard]] bool wait_until(const Environment& environment, std::uint64_t timeout_us, Condition&& condition) {
    const std::uint64_t deadline = environment.clock.after_us(timeout_us);
    while (!condition()) {
        if (environment.clock.now() >= deadline)
            return condition();
        environment.relax(environment.context);
    }
    return true;
}

} // namespace exo::virtio
