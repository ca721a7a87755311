// See open_port.hpp. A driver is chosen by the PCI identity that the device page shows.
#include "libos/net/open_port.hpp"

#include "libos/memory/heap.hpp"
#include "libos/net/port_e1000e.hpp"
#include "libos/net/port_flow.hpp"
#include "libos/net/port_virtio.hpp"
#include "libos/start/kit.hpp"

namespace exo::net {

namespace {

constexpr std::uint16_t virtio_nic_device =
    virtio::pci_device_base + static_cast<std::uint16_t>(virtio::DeviceType::Network);

const DeviceInfo& info_of(const StartFunction& function) {
    // Safe: the device page is mapped read only in every environment, and the index came from the starter.
    return reinterpret_cast<const DeviceInfo*>(info_devices)[function.index];
}

bool is_virtio_nic(const DeviceInfo& info) {
    return info.vendor == virtio::pci_vendor && info.device == virtio_nic_device;
}

bool is_e1000e(const DeviceInfo& info) {
    return info.vendor == e1000e::pci_vendor && info.device == e1000e::pci_device;
}

constexpr const char* no_memory = "there is no memory for the NIC's driver";

template <typename Ring>
OpenedPort open_pair(VirtioNic& nic) {
    auto* const port = heap_new<VirtioPort<Ring>>();
    if (!port)
        return {nullptr, no_memory};
    const char* problem = port->open(nic, 0);
    if (!problem)
        problem = nic.start();
    if (problem)
        return {nullptr, problem};
    port->begin();
    return {port, nullptr};
}

OpenedPort open_virtio(const StartFunction& function, const PortWishes& wishes) {
    auto* const nic = heap_new<VirtioNic>();
    if (!nic)
        return {nullptr, no_memory};
    if (const char* problem = nic->open(function, wishes))
        return {nullptr, problem};
    return nic->facts().packed ? open_pair<virtio_net::PackedRing>(*nic) : open_pair<virtio_net::SplitRing>(*nic);
}

OpenedPort open_e1000e(const StartFunction& function, const PortWishes& wishes) {
    auto* const port = heap_new<E1000ePort>();
    if (!port)
        return {nullptr, no_memory};
    if (const char* problem = port->open(function, wishes))
        return {nullptr, problem};
    return {port, nullptr};
}

} // namespace

bool is_nic(const StartFunction& function) {
    return is_virtio_nic(info_of(function)) || is_e1000e(info_of(function));
}

OpenedPort open_flows(std::span<const StartFlow> flows) {
    auto* const port = heap_new<FlowPort>();
    if (!port)
        return {nullptr, no_memory};
    if (const char* problem = port->open(flows))
        return {nullptr, problem};
    return {port, nullptr};
}

OpenedPort open_port(const StartFunction& function, const PortWishes& wishes) {
    if (is_virtio_nic(info_of(function)))
        return open_virtio(function, wishes);
    if (is_e1000e(info_of(function)))
        return open_e1000e(function, wishes);
    return {nullptr, "the function is no NIC that a driver here knows"};
}

std::size_t open_ports(std::span<OpenedPort> into, const PortWishes& wishes) {
    const StartInfo& start = start_info();
    std::size_t count = 0;
    for (std::size_t index = 0; index < start.function_count && count < into.size(); ++index)
        if (is_nic(start.functions[index]))
            into[count++] = open_port(start.functions[index], wishes);
    const std::span<const StartFlow> flows(start.flows, start.flow_count);
    for (std::size_t first = 0, next = 0; first < flows.size() && count < into.size(); first = next) {
        while (next < flows.size() && flows[next].nic == flows[first].nic)
            ++next;
        into[count++] = open_flows(flows.subspan(first, next - first));
    }
    return count;
}

} // namespace exo::net
