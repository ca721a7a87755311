// Returning one function to its state after power-on, by whichever way it has, in steps with waits between
// them that the caller spends elsewhere.
#pragma once

#include "drivers/pci/config_space.hpp"

namespace exo::pci {

enum class ResetMethod : std::uint8_t {
    None,
    FunctionLevel,    // PCIe 6.6.2
    AdvancedFeatures, // the same for conventional functions
    HotReset,         // of the link that leads to this function alone (PCIe 6.6.1)
    PowerState,       // through D3hot, when that does not keep state (PM 5.4.1)
};

// `alone`: nothing else is behind the port above it.
ResetMethod reset_method(const ConfigSpace& config, bool alone);

// Whether requests of the function are still unanswered; false also when it cannot tell.
bool transactions_pending(const ConfigSpace& config);

// Does step `step` (from 0) of a reset; returns the microseconds to let pass before the next one, or nothing
// when there was no such step and the reset is done. `port`: the one above it, for a hot reset.
std::optional<std::uint64_t> reset_step(const ConfigSpace& config, const ConfigSpace& port, ResetMethod method,
                                        unsigned step);

} // namespace exo::pci
