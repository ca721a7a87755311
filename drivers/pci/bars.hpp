// Where a function's registers are: its base address registers as firmware set them, and their sizes.
#pragma once

#include "drivers/pci/config_space.hpp"

namespace exo::pci {

struct Bar {
    std::uint64_t base;  // physical; 0 when firmware left it unassigned
    std::uint64_t bytes; // 0: none, or I/O ports
};

struct Bars {
    Bar bar[bars_type0];
    std::uint32_t raw[bars_type0]; // as firmware left the registers
    std::uint16_t device_control;  // of PCI Express, with the link's payload size; 0: not there
};

// Measures the BARs of an endpoint: turns decoding off, writes ones, reads the size back, restores everything
// (PCI 6.2.5.1, implementation note). The function must be idle.
Bars measure_bars(const ConfigSpace& config);
// The same of the registers at offset `first`, which decode nothing meanwhile.
void measure_bars_at(const ConfigSpace& config, std::uint64_t first, Bars& bars);
// Whether a reset took place: it clears every BAR (PCIe 6.6.2; PM 5.4.1). True when firmware had set none.
bool bars_were_reset(const ConfigSpace& config, const Bars& before);
// Writes the BARs and the device's control register back after a reset.
void restore_bars(const ConfigSpace& config, const Bars& bars);

} // namespace exo::pci
