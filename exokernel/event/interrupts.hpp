// Device interrupts as events: which vcore's event bit each core's vectors stand for.
// The message itself is routed and masked by device/; here it only becomes a bit.
#pragma once

#include "exokernel/cpu/core.hpp"
#include "secure-bindings/abi/types.hpp"

namespace exo {

struct InterruptRoute {
    std::uint16_t vcore; // number
    std::uint8_t event;
    bool used;
    void (*handler)(std::uint32_t argument); // of the kernel; null: the event of the vcore
    std::uint32_t argument;
};

// A free vector of the vcore's core, now standing for its event bit. Errors: TableFull.
Result<std::uint8_t> interrupt_route_add(const Vcore& vcore, std::uint8_t event);
// The same for the kernel's own driver: `handler` is called under the kernel lock, on that core.
Result<std::uint8_t> interrupt_route_add_handler(std::uint32_t core, void (*handler)(std::uint32_t argument),
                                                 std::uint32_t argument);
void interrupt_route_remove(std::uint32_t cookie);
constexpr std::uint32_t interrupt_cookie(std::uint32_t core, std::uint8_t vector) {
    return core * 256 + vector;
}

// In the handler, under the kernel lock.
void interrupt_arrived(Core& core, std::uint8_t vector);

} // namespace exo
