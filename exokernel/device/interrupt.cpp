// A function's MSI-X vectors as one-shot events. Two locks on each: the mask bit in the function's table, which
// costs one register write an interrupt, and the route in the IOMMU, which holds even when the function
// forges the message by DMA. The second is closed only when the first was evaded.
#include "exokernel/device/function_table.hpp"

namespace exo {

namespace {

Result<InterruptBinding*> find_binding(Function& function, std::uint32_t vector) {
    if (vector >= interrupts_per_function_max || vector >= function.msix.vectors) {
        return std::unexpected(Error::OutOfRange);
    }
    return &function.interrupt[vector];
}

} // namespace

Status bind_interrupt(std::uint32_t index, const InterruptRequest& request) {
    Function& function = functions[index];
    const Result<InterruptBinding*> binding = find_binding(function, request.msix_vector);
    if (!binding) {
        return std::unexpected(binding.error());
    }
    if (request.cookie >= interrupt_cookies_max) {
        return std::unexpected(Error::OutOfRange);
    }
    if ((*binding)->state != RouteState::Free || cookie_owner[request.cookie] != 0) {
        return std::unexpected(Error::Occupied);
    }
    const std::uint32_t route = route_index(index, request.msix_vector);
    if (Status routed = function.unit->route(route, function.source, request.apic_id, request.kernel_vector); !routed) {
        return routed;
    }
    function.msix_table.set(request.msix_vector, iommu::message_address(route), 0);
    pci::enable_msix(function.config, function.msix);
    **binding = {.cookie = request.cookie, .state = RouteState::Masked};
    cookie_owner[request.cookie] = static_cast<std::uint16_t>(route + 1);
    // Messages are writes of the function: they too need bus mastering. DMA stays blocked without a root.
    bus_master_on(function);
    return {};
}

Status arm_interrupt(std::uint32_t index, std::uint32_t vector) {
    Function& function = functions[index];
    const Result<InterruptBinding*> binding = find_binding(function, vector);
    if (!binding) {
        return std::unexpected(binding.error());
    }
    switch ((*binding)->state) {
    case RouteState::Free:
        return std::unexpected(Error::NotBound);
    case RouteState::Armed:
        return {};
    case RouteState::Cut:
        if (Status mended = function.unit->mend(route_index(index, vector)); !mended) {
            return mended;
        }
        break;
    case RouteState::Masked:
        break;
    }
    (*binding)->state = RouteState::Armed;
    function.msix_table.unmask(vector);
    return {};
}

bool interrupt_fired(std::uint32_t cookie) {
    if (cookie >= interrupt_cookies_max || cookie_owner[cookie] == 0) {
        return false; // was on its way while it was unbound
    }
    const std::uint32_t route = cookie_owner[cookie] - 1u;
    Function& function = functions[route / interrupts_per_function_max];
    const std::uint32_t vector = route % interrupts_per_function_max;
    InterruptBinding& binding = function.interrupt[vector];
    if (binding.state == RouteState::Armed) {
        binding.state = RouteState::Masked;
        function.msix_table.mask(vector);
        return true;
    }
    if (binding.state == RouteState::Masked && function.unit->cut(route)) {
        binding.state = RouteState::Cut;
    }
    return false;
}

Result<std::uint32_t> unbind_interrupt(std::uint32_t index, std::uint32_t vector) {
    Function& function = functions[index];
    const Result<InterruptBinding*> binding = find_binding(function, vector);
    if (!binding) {
        return std::unexpected(binding.error());
    }
    if ((*binding)->state == RouteState::Free) {
        return std::unexpected(Error::NotBound);
    }
    function.msix_table.mask(vector);
    if (Status gone = function.unit->unroute(route_index(index, vector)); !gone) {
        return std::unexpected(gone.error());
    }
    const std::uint32_t cookie = (*binding)->cookie;
    cookie_owner[cookie] = 0;
    **binding = {};
    return cookie;
}

} // namespace exo
