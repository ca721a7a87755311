// See open_port.hpp. A driver is chosen by the PCI identity that the device page shows.
#include "libos/net/open_port.hpp"

#include "libos/memory/heap.hpp"
#include "libos/net/port_e1000e.hpp"
#include "libos/net/port_flow.hpp"
#include "libos/net/port_virtio.hpp"
#include "libos/start/kit.hpp"
#include "libos/upcall/vcore.hpp"

#include <algorithm>
#include <array>

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

// All queue pairs, then the NIC is started, then each gets its first rooms. Null, or what went wrong.
template <typename Ring>
const char* open_pairs(VirtioNic& nic, std::span<OpenedPort> into, std::size_t first_vcore) {
    std::array<VirtioPort<Ring>*, ports_max> ports{};
    for (std::size_t pair = 0; pair < into.size(); ++pair) {
        ports[pair] = heap_new<VirtioPort<Ring>>();
        if (!ports[pair])
            return no_memory;
        if (const char* problem = ports[pair]->open(nic, static_cast<std::uint16_t>(pair), first_vcore + pair))
            return problem;
    }
    if (const char* problem = nic.start())
        return problem;
    for (std::size_t pair = 0; pair < into.size(); ++pair) {
        ports[pair]->begin();
        into[pair] = {ports[pair], nullptr};
    }
    return nullptr;
}

// Gives the number of ports: at least one, whose problem it is when there is one.
std::size_t open_virtio(const StartFunction& function, std::span<OpenedPort> into, PortWishes wishes,
                        std::size_t first_vcore) {
    wishes.pairs = static_cast<std::uint16_t>(std::min({into.size(), ports_max, std::size_t{wishes.pairs}}));
    auto* const nic = heap_new<VirtioNic>();
    const char* problem = nic ? nic->open(function, wishes) : no_memory;
    if (!problem) {
        into = into.first(nic->facts().pairs);
        problem = nic->facts().packed ? open_pairs<virtio_net::PackedRing>(*nic, into, first_vcore)
                                      : open_pairs<virtio_net::SplitRing>(*nic, into, first_vcore);
    }
    if (!problem)
        return into.size();
    into[0] = {nullptr, problem};
    return 1;
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
    if (is_e1000e(info_of(function)))
        return open_e1000e(function, wishes);
    if (!is_virtio_nic(info_of(function)))
        return {nullptr, "the function is no NIC that a driver here knows"};
    OpenedPort one;
    (void)open_virtio(function, {&one, 1}, wishes, this_vcore_index());
    return one;
}

std::size_t open_queue_ports(const StartFunction& function, std::span<OpenedPort> into, const PortWishes& wishes) {
    if (into.empty())
        return 0;
    if (is_virtio_nic(info_of(function)))
        return open_virtio(function, into, wishes, 0);
    into[0] = open_port(function, wishes);
    return 1;
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
