// A network interface in QEMU's words: the host's half (-netdev) and the NIC (-device). See net.hpp.
#include "tools/exo/net.hpp"

#include <algorithm>
#include <format>

namespace exo::tool {

namespace {

// FNV-1a, folded to 16 bits: two wires that happen to agree only share a prefix of their addresses.
std::uint16_t hash(std::string_view text) {
    std::uint32_t value = 2166136261u;
    for (const char character : text)
        value = (value ^ static_cast<unsigned char>(character)) * 16777619u;
    return static_cast<std::uint16_t>(value ^ value >> 16);
}

// Locally administered (IEEE 802, bit 1 of the first octet), the same every time: the wire, which of its machines,
// which interface of that machine.
std::string mac_address(const NetInterface& interface, std::size_t index) {
    if (interface.mac)
        return *interface.mac;
    const std::uint16_t wire = hash(interface.name);
    return std::format("52:58:{:02x}:{:02x}:{:02x}:{:02x}", wire >> 8, wire & 0xff, interface.machine_number & 0xff,
                       index + 1);
}

std::string netdev_type(const std::vector<NetInterface>& interfaces, const NetInterface& interface, std::size_t index) {
    const auto same_hub = [&](const NetInterface& other) {
        return other.wire == Wire::hub && other.place == interface.place;
    };
    switch (interface.wire) {
    case Wire::user:
        return std::format("user,id=net{}", index);
    case Wire::tap:
        return std::format("tap,id=net{},ifname={},script=no,downscript=no", index, interface.place);
    case Wire::qemu:
        return std::format("{},id=net{}", interface.place, index);
    case Wire::hub:
        break;
    }
    if (!inside_machine(interfaces, interface))
        return std::format("stream,id=net{},server=off,addr.type=unix,addr.path={}", index, interface.hub_socket);
    const auto first = std::ranges::find_if(interfaces, same_hub) - interfaces.begin();
    return std::format("hubport,id=net{},hubid={}", index, first);
}

} // namespace

NetWords net_words(const std::vector<NetInterface>& interfaces, std::size_t index) {
    const NetInterface& interface = interfaces[index];
    NetWords words{.netdev = netdev_type(interfaces, interface, index), .device = interface.model};
    for (const std::string& property : interface.netdev_properties)
        words.netdev += "," + property;
    if (interface.queues > 1)
        words.netdev += std::format(",queues={}", interface.queues);
    // Without an image of its own a NIC adds nothing to the time to boot.
    words.device += std::format(",netdev=net{},mac={},romfile=", index, mac_address(interface, index));
    if (interface.model == "virtio-net-pci")
        words.device += ",disable-legacy=on,iommu_platform=on";
    if (interface.queues > 1) // a message each way, and two for what is not a queue's
        words.device += std::format(",mq=on,vectors={}", 2 * interface.queues + 2);
    for (const std::string& property : interface.device_properties)
        words.device += "," + property;
    return words;
}

} // namespace exo::tool
