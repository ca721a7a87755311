// See interrupts.hpp.
#include "exokernel/event/interrupts.hpp"

#include "exokernel/arch/x86_64/apic.hpp"
#include "exokernel/cpu/scheduler.hpp"
#include "exokernel/device/device.hpp"
#include "exokernel/network/nic.hpp"

namespace exo {

namespace {
InterruptRoute routes[max_cores][256];

} // namespace

Result<std::uint8_t> interrupt_route_add(std::uint32_t core, InterruptRoute wanted) {
    for (unsigned vector = device_vector_first; vector < device_vector_end; vector++) {
        InterruptRoute& route = routes[core][vector];
        if (route.target != InterruptTarget::None)
            continue;
        route = wanted;
        return static_cast<std::uint8_t>(vector);
    }
    return std::unexpected(Error::TableFull);
}

void interrupt_route_remove(std::uint32_t cookie) {
    routes[cookie / 256][cookie % 256].target = InterruptTarget::None;
}

void interrupt_arrived(Core& core, std::uint8_t vector) {
    InterruptRoute route = routes[core.index][vector];
    if (route.target == InterruptTarget::None || !interrupt_fired(interrupt_cookie(core.index, vector)))
        return;
    if (route.target == InterruptTarget::NicReceive)
        nic_received_interrupt(route.number);
    else if (route.target == InterruptTarget::NicTransmit)
        nic_sent_interrupt(route.number);
    else if (Vcore* vcore = vcore_table[route.number])
        post(*vcore, pending::event, 1ull << route.event);
}

} // namespace exo
