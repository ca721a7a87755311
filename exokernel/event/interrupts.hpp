// Device interrupts as events: which vcore's event bit each core's vectors stand for.
// The message itself is routed and masked by device/; here it only becomes a bit.
#pragma once

#include "exokernel/cpu/core.hpp"
#include "secure-bindings/abi/types.hpp"

namespace exo {

enum class InterruptTarget : std::uint8_t { None, Vcore, NicReceive, NicTransmit };

struct InterruptRoute {
    std::uint16_t number; // of the vcore, or of the NIC that the kernel shares out
    std::uint8_t event;   // of the vcore
    InterruptTarget target;
};
static_assert(sizeof(InterruptRoute) == 4); // there is one a vector of every core

void interrupt_route_remove(std::uint32_t cookie);
// Routes an MSI-X vector of a function to this, on a core. Errors: TableFull, and those of bind_interrupt.
Status interrupt_bind(std::uint32_t function, std::uint32_t msix_vector, const Core& core, InterruptRoute route);
constexpr std::uint32_t interrupt_cookie(std::uint32_t core, std::uint8_t vector) {
    return core * 256 + vector;
}

// In the handler, under the kernel lock.
void interrupt_arrived(Core& core, std::uint8_t vector);

} // namespace exo
