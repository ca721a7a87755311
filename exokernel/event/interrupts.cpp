// See interrupts.hpp.
#include "exokernel/event/interrupts.hpp"

#include "exokernel/arch/x86_64/apic.hpp"
#include "exokernel/cpu/scheduler.hpp"
#include "exokernel/device/device.hpp"
#include "exokernel/network/nic.hpp"

namespace exo {

namespace {
InterruptRoute routes[max_cores][256];

// One that stands for nothing. Errors: TableFull.
Result<std::uint8_t> free_vector(std::uint32_t core) {
    for (unsigned vector = device_vector_first; vector < device_vector_end; vector++)
        if (routes[core][vector].target == InterruptTarget::None)
            return static_cast<std::uint8_t>(vector);
    return std::unexpected(Error::TableFull);
}

} // namespace

Status interrupt_bind(std::uint32_t function, std::uint32_t msix_vector, const Core& core, InterruptRoute route) {
    Result<std::uint8_t> vector = free_vector(core.index);
    if (!vector)
        return std::unexpected(vector.error());
    std::uint32_t cookie = interrupt_cookie(core.index, *vector);
    Status status = bind_interrupt(function, {msix_vector, core.apic_id, *vector, cookie});
    if (status)
        routes[core.index][*vector] = route;
    return status;
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
