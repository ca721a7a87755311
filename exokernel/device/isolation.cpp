// See isolation.hpp. Device scopes: VT-d 8.3.1.
#include "exokernel/device/isolation.hpp"

#include "exokernel/log/log.hpp"

namespace exo {

namespace {

struct RunningUnit {
    iommu::Unit unit;
    bool runs;
};
RunningUnit units[platform_remapping_units_max];
std::uint32_t unit_count;

// A unit's registers are in one or more pages; its fault records may be past the first (VT-d 11.1).
std::byte* map_unit(std::uint64_t physical) {
    std::byte* first = device_host.map_registers(physical, page_bytes);
    const std::uint64_t capability = device_host.registers_at(first).read64(iommu::reg::capability);
    const std::uint64_t bytes =
        iommu::cap::fault_records_at(capability) + iommu::cap::fault_records(capability) * iommu::fault::record_bytes;
    return bytes <= page_bytes ? first : device_host.map_registers(physical, bytes);
}

bool same_place(const DeviceScope& scope, const PlacedFunction& function) {
    std::uint8_t bus = scope.start_bus;
    for (std::uint8_t i = 0; i + 1 < scope.path_length; ++i) {
        bus = function.access.at(bus, scope.path[i]).read8(pci::header::secondary_bus);
    }
    const std::uint8_t last = scope.path[scope.path_length - 1];
    std::uint8_t at_bus = function.bus_index;
    std::uint8_t at_function = function.device_function;
    // The function itself; for a bridge scope also every bridge above it.
    for (std::size_t depth = 0; depth < pci::buses_max; ++depth) {
        const pci::Bus& here = function.topology.bus[at_bus];
        if (here.number == bus && at_function == last) {
            return true;
        }
        if (scope.type != DeviceScope::Type::Bridge || here.is_root) {
            return false;
        }
        at_function = here.device_function;
        at_bus = here.parent;
    }
    return false;
}

bool in_scopes(const DeviceScopes& scopes, const PlacedFunction& function) {
    for (std::uint32_t i = 0; i < scopes.count; ++i) {
        const DeviceScope& scope = scopes.scope[i];
        const bool of_pci = scope.type == DeviceScope::Type::Endpoint || scope.type == DeviceScope::Type::Bridge;
        if (of_pci && same_place(scope, function)) {
            return true;
        }
    }
    return false;
}

} // namespace

std::uint32_t isolation_start(const Platform& platform) {
    std::uint32_t running = 0;
    unit_count = platform.remapping_unit_count;
    for (std::uint32_t i = 0; i < unit_count; ++i) {
        const Registers registers = device_host.registers_at(map_unit(platform.remapping_unit[i].registers));
        const auto started = units[i].unit.start(registers, device_host.tables, device_host.clock, device_host.x2apic);
        units[i].runs = started.has_value();
        if (!started) {
            klog("iommu: unit %u is not used: %s", i, started.error());
            continue;
        }
        ++running;
    }
    return running;
}

bool isolation_complete() {
    for (std::uint32_t i = 0; i < unit_count; ++i) {
        if (!units[i].runs) {
            return false;
        }
    }
    return unit_count != 0;
}

bool interrupts_remapped() {
    for (std::uint32_t i = 0; i < unit_count; ++i) {
        if (!units[i].runs || !units[i].unit.remaps_interrupts()) {
            return false;
        }
    }
    return unit_count != 0;
}

iommu::Unit* running_unit(std::uint32_t i) {
    for (std::uint32_t unit = 0; unit < unit_count; ++unit) {
        if (units[unit].runs && i-- == 0) {
            return &units[unit].unit;
        }
    }
    return nullptr;
}

iommu::Unit* unit_of(const Platform& platform, const PlacedFunction& function) {
    std::uint32_t chosen = unit_count;
    for (std::uint32_t i = 0; i < unit_count; ++i) {
        const RemappingUnit& unit = platform.remapping_unit[i];
        if (unit.segment != function.segment) {
            continue;
        }
        if (in_scopes(unit.scopes, function)) {
            chosen = i;
            break;
        }
        if (unit.all_other_functions) {
            chosen = i;
        }
    }
    return chosen < unit_count && units[chosen].runs ? &units[chosen].unit : nullptr;
}

bool firmware_uses(const Platform& platform, const PlacedFunction& function) {
    for (std::uint32_t i = 0; i < platform.reserved_region_count; ++i) {
        const ReservedRegion& region = platform.reserved_region[i];
        if (region.segment == function.segment && in_scopes(region.scopes, function)) {
            return true;
        }
    }
    return false;
}

} // namespace exo
