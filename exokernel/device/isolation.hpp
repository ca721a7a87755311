// Which IOMMU stands before which function, and their start. Private to exokernel/device.
#pragma once

#include "drivers/pci/topology.hpp"
#include "exokernel/device/function_table.hpp"

namespace exo {

// Starts every unit the platform names, blocking everything behind it. Returns how many run.
std::uint32_t isolation_start(const Platform& platform);
// Whether all of them run, and all remap interrupts.
bool isolation_complete();
bool interrupts_remapped();

// The i-th running unit, or null past the last.
iommu::Unit* running_unit(std::uint32_t i);

// A function in its bus tree, as device scopes speak of it.
struct PlacedFunction {
    const pci::ConfigAccess& access;
    const pci::Topology& topology;
    std::uint16_t segment;
    std::uint8_t bus_index;
    std::uint8_t device_function;
};
// The running unit that translates for a function, or null.
iommu::Unit* unit_of(const Platform& platform, const PlacedFunction& function);
// Whether firmware reserved memory for it (an RMRR), so that it may be in use behind our back.
bool firmware_uses(const Platform& platform, const PlacedFunction& function);

} // namespace exo
