// Where a virtio PCI device keeps its register structures (virtio 1.2, 4.1.4), read from untrusted configuration space.
#pragma once

#include "drivers/register-access/registers.hpp"
#include "drivers/virtio/problem.hpp"
#include "drivers/virtio/spec.hpp"

namespace exo::virtio {

// A part of a BAR. Whether the BAR is that large is for the one who maps it to say.
struct Region {
    std::uint8_t bar = 0;
    std::uint32_t offset = 0;
    std::uint32_t bytes = 0; // 0: the structure is absent
};

struct Regions {
    Region common;
    Region notify;
    Region isr;
    Region device; // optional
    std::uint32_t notify_multiplier = 0;
};

// Takes the first well-placed structure of each type, as 4.1.4.1 asks. `config` is 4 KiB of configuration space.
Expected<Regions> find_regions(const Registers& config);

} // namespace exo::virtio
