// Virtual functions of a physical one (SR-IOV; PCIe 9): how many there can be, where their registers and requester IDs
// lie, and turning them on. A virtual function's own configuration space shows neither BARs nor who made it.
#pragma once

#include "drivers/pci/bars.hpp"

namespace exo::pci {

// Physical addresses that nothing decodes, given out upwards.
struct RegisterSpace {
    std::uint64_t next = 0;
    std::uint64_t end = 0;

    // The address; 0: there is not so much left. `alignment` is a power of two.
    std::uint64_t take(std::uint64_t bytes, std::uint64_t alignment);
};

struct VirtualFunctions {
    std::uint64_t capability = 0; // offset of the physical function's
    std::uint16_t count = 0;      // that are to be on
    std::uint16_t first = 0;      // requester ID of the first
    std::uint16_t stride = 0;     // from one to the next
    std::uint16_t device = 0;     // ID of each
    Bars bars{};                  // of the first; each further one's follow, without gaps

    std::uint16_t source(unsigned number) const { return static_cast<std::uint16_t>(first + number * stride); }
    Bars bars_of(unsigned number) const;
};

// At most `wanted` functions of a physical one, as many as have requester IDs on its own bus. Those that are on are
// turned off. Where firmware left their BARs unassigned they get places from `space`; without one, or where a BAR
// cannot hold its place, there are none. `source`: the physical function's requester ID.
VirtualFunctions plan_virtual_functions(const ConfigSpace& config, std::uint16_t source, std::uint16_t wanted,
                                        RegisterSpace& space);
// Turns them on as planned; they answer virtual_functions_ready_us later. A reset of the physical function turns them
// off.
void turn_on(const ConfigSpace& config, const VirtualFunctions& functions);

} // namespace exo::pci
