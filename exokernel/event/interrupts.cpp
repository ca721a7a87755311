// See interrupts.hpp.
#include "exokernel/event/interrupts.hpp"

#include "exokernel/arch/x86_64/apic.hpp"
#include "exokernel/cpu/scheduler.hpp"
#include "exokernel/device/device.hpp"

namespace exo {

namespace {
InterruptRoute routes[max_cores][256];

Result<std::uint8_t> add(std::uint32_t core, const InterruptRoute& wanted) {
    for (unsigned vector = device_vector_first; vector < device_vector_end; vector++) {
        InterruptRoute& route = routes[core][vector];
        if (route.used)
            continue;
        route = wanted;
        return static_cast<std::uint8_t>(vector);
    }
    return std::unexpected(Error::TableFull);
}

} // namespace

Result<std::uint8_t> interrupt_route_add(const Vcore& vcore, std::uint8_t event) {
    return add(vcore.core, {vcore.number, event, true, nullptr, 0});
}

Result<std::uint8_t> interrupt_route_add_handler(std::uint32_t core, void (*handler)(std::uint32_t argument),
                                                 std::uint32_t argument) {
    return add(core, {0, 0, true, handler, argument});
}

void interrupt_route_remove(std::uint32_t cookie) {
    routes[cookie / 256][cookie % 256].used = false;
}

void interrupt_arrived(Core& core, std::uint8_t vector) {
    InterruptRoute& route = routes[core.index][vector];
    if (!route.used || !interrupt_fired(interrupt_cookie(core.index, vector)))
        return;
    if (route.handler)
        route.handler(route.argument);
    else if (Vcore* vcore = vcore_table[route.vcore])
        post(*vcore, pending::event, 1ull << route.event);
}

} // namespace exo
