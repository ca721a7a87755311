// A walk over the bridges with a work list of buses, no recursion; functions_max and buses_max bound it.
// Interface: topology.hpp.
#include "drivers/pci/topology.hpp"

namespace exo::pci {

namespace {

enum class PortKind { NotExpress, Port, Other };

PortKind port_kind(const ConfigSpace& config, std::uint16_t* type) {
    const auto capability = config.find(Capability::Express);
    if (!capability) {
        return PortKind::NotExpress;
    }
    *type = (config.read16(*capability + express::flags) >> express::port_type_shift) & express::port_type_mask;
    const bool port = *type == express::RootPort || *type == express::UpstreamPort || *type == express::DownstreamPort;
    return port ? PortKind::Port : PortKind::Other;
}

// Whether functions behind this bridge stay apart, given that its own bus keeps them apart.
bool bridge_separates(const ConfigSpace& config) {
    std::uint16_t type = 0;
    if (port_kind(config, &type) != PortKind::Port) {
        return false; // a conventional bridge speaks for everything behind it with one requester ID
    }
    const bool controlled = enable_access_control(config);
    // A root port's only neighbours are behind the root complex, where the IOMMU is. An upstream port has one
    // neighbour above. A downstream port without access control lets its switch route between peers.
    return type != express::DownstreamPort || controlled;
}

void add_bus(Topology& topology, const Bus& bus, std::uint8_t last_bus) {
    for (std::size_t i = 0; i < topology.bus_count; ++i) {
        if (topology.bus[i].number == bus.number) {
            return; // a bridge that was never set up, or a loop
        }
    }
    if (bus.number == 0 || bus.number > last_bus || topology.bus_count == buses_max) {
        topology.incomplete = topology.incomplete || bus.number != 0;
        return;
    }
    topology.bus[topology.bus_count++] = bus;
}

void visit(const ConfigSpace& config, std::size_t bus_index, std::uint8_t device_function, bool multi_function,
           std::uint8_t last_bus, Topology& topology) {
    const Bus& bus = topology.bus[bus_index];
    if (topology.function_count == functions_max) {
        topology.incomplete = true;
        return;
    }
    const bool endpoint = config.header_type() == type_endpoint;
    // Functions of one device behind a port may have a path between them inside the device.
    const bool alone = !endpoint || bus.is_root || !multi_function || enable_access_control(config);
    topology.function[topology.function_count++] = {.bus = static_cast<std::uint8_t>(bus_index),
                                                    .device_function = device_function,
                                                    .separate = endpoint && bus.separates && alone};
    if (config.header_type() == type_bridge) {
        const Bus below{.number = config.read8(header::secondary_bus),
                        .parent = static_cast<std::uint8_t>(bus_index),
                        .device_function = device_function,
                        .is_root = false,
                        .separates = bridge_separates(config) && bus.separates};
        add_bus(topology, below, last_bus);
    }
}

} // namespace

bool enable_access_control(const ConfigSpace& config) {
    const auto capability = config.find(ExtendedCapability::AccessControl);
    if (!capability) {
        return false;
    }
    const std::uint16_t has = config.read16(*capability + access_control::capability) & access_control::isolating;
    const std::uint64_t at = *capability + access_control::control;
    config.write16(at, static_cast<std::uint16_t>(config.read16(at) | has));
    return has == access_control::isolating;
}

void enumerate(const ConfigAccess& access, std::uint8_t first_bus, std::uint8_t last_bus, Topology& topology) {
    topology = {};
    topology.bus[0] = {.number = first_bus, .parent = 0, .device_function = 0, .is_root = true, .separates = true};
    topology.bus_count = 1;
    // Buses found on the way are appended, so this ends after at most buses_max rounds.
    for (std::size_t b = 0; b < topology.bus_count; ++b) {
        for (unsigned device = 0; device < devices_per_bus; ++device) {
            const std::uint8_t number = topology.bus[b].number;
            const ConfigSpace first = access.at(number, static_cast<std::uint8_t>(device << 3));
            if (!first.present()) {
                continue;
            }
            const bool multi_function = first.multi_function();
            for (unsigned f = 0; f < (multi_function ? functions_per_device : 1); ++f) {
                const auto device_function = static_cast<std::uint8_t>(device << 3 | f);
                const ConfigSpace config = access.at(number, device_function);
                if (config.present()) {
                    visit(config, b, device_function, multi_function, last_bus, topology);
                }
            }
        }
    }
}

} // namespace exo::pci
