// NVMe controllers whose virtual functions are lent to programs, each a controller of its own behind the IOMMU. The
// steward owns the physical function, whose controller is the primary one: it gives the others their queues and
// interrupts and puts them on line, before any program starts, and keeps it as long as the machine runs.
#pragma once

#include "drivers/nvme/controller.hpp"
#include "steward/manifest.hpp"
#include "steward/memory.hpp"

namespace exo::steward {

inline constexpr std::uint64_t primary_disk_frames = 32; // admin queues, and tables of both address spaces

struct PrimaryPlan {
    std::uint32_t function; // in the device info page
    FrameRun memory;        // primary_disk_frames
};

class PrimaryDisk {
public:
    // `functions`: the root capability; `number`: of the primaries of this machine, below primaries_max. Null, or one
    // sentence without its full stop.
    const char* open(Handle functions, const PrimaryPlan& plan, std::size_t number);

private:
    const char* map_controller(std::uint64_t window);
    const char* bring_up();

    Handle function_ = no_handle;
    FrameRun memory_{};
    std::uint8_t levels_ = 0; // of the domain
    std::byte* place_ = nullptr;
    volatile std::byte* registers_ = nullptr;
    nvme::Controller controller_;
};

} // namespace exo::steward
