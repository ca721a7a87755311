// A virtio driver's surroundings (drivers/virtio/environment.hpp) on a function that the environment owns.
// One a function; it must stay where it is as long as the driver lives.
#pragma once

#include "drivers/virtio/environment.hpp"
#include "libos/device/function.hpp"

namespace exo {

class VirtioSurroundings {
public:
    // Opens the function and fills `environment()` in. Errors: as Function::open.
    Status open(const StartFunction& granted);
    const virtio::Environment& environment() const { return environment_; }
    Function& function() { return function_; }

private:
    static std::optional<virtio::BarWindow> map_bar(void* context, unsigned bar, std::uint64_t offset,
                                                    std::uint64_t bytes);
    static std::optional<virtio::DmaBuffer> allocate(void* context, std::size_t bytes);
    static void relax(void* context);

    Function function_;
    virtio::Environment environment_{};
};

} // namespace exo
