// Parsing and checking of `--net`. Addresses are in net_address.cpp, QEMU's words in net_words.cpp.
#include "tools/exo/net.hpp"

#include <algorithm>
#include <charconv>
#include <format>

namespace exo::tool {

namespace {

constexpr std::string_view forms =
    "user[,hostfwd=...], hub:NAME, tap:INTERFACE or qemu:NETDEV, each with further options after commas";

constexpr unsigned queues_max = 8;

// Models whose driver exists here, and the function each one is.
struct Model {
    std::string_view name, function;
};
constexpr Model models[] = {{"virtio-net-pci", "virtio:1"}, {"e1000e", "8086:10d3"}};

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

bool plain_name(std::string_view name, std::size_t size_max) {
    return !name.empty() && name.size() <= size_max && name != "." && name != ".." &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
               std::string_view::npos;
}

bool is_mac(std::string_view text) {
    const auto octets = split(text, ':');
    if (octets.size() != 6)
        return false;
    for (const std::string_view octet : octets) {
        unsigned value = 0;
        const auto [stop, error] = std::from_chars(octet.data(), octet.data() + octet.size(), value, 16);
        if (octet.size() != 2 || error != std::errc() || stop != octet.data() + octet.size())
            return false;
        if (octet.data() == text.data() && (value & 1) != 0)
            return false; // a group address
    }
    return true;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || error != std::errc() || stop != text.data() + text.size() || port == 0)
        return std::nullopt;
    return port;
}

// PROTOCOL:[HOSTADDRESS]:HOSTPORT-[GUESTADDRESS]:GUESTPORT
std::optional<HostForward> parse_forward(std::string_view text) {
    const auto sides = split(text, '-');
    const auto host = split(sides[0], ':');
    if (sides.size() != 2 || host.size() != 3 || (host[0] != "tcp" && host[0] != "udp"))
        return std::nullopt;
    const auto guest = split(sides[1], ':');
    const auto host_port = parse_port(host[2]);
    if (guest.size() != 2 || !host_port || !parse_port(guest[1]))
        return std::nullopt;
    return HostForward{host[0] == "tcp", std::string(host[1]), *host_port};
}

std::unexpected<Failure> refuse(const NetInterface& interface, std::string_view why) {
    return usage_error(std::format("--net {}: {}", interface.name, why));
}

Outcome<void> add_option(NetInterface& interface, std::string_view option) {
    const std::size_t equals = option.find('=');
    const std::string_view key = option.substr(0, equals);
    if (equals == std::string_view::npos || key.empty())
        return refuse(interface, std::format("an option is K=V, not '{}'", option));
    const std::string_view value = option.substr(equals + 1);
    if (key == "model") {
        interface.model = value == "virtio" ? "virtio-net-pci" : value;
        if (std::ranges::find(models, interface.model, &Model::name) == std::end(models))
            return refuse(interface, std::format("model is virtio-net-pci or e1000e, not '{}'", value));
    } else if (key == "bind") {
        if (value != "function" && value != "flows")
            return refuse(interface, std::format("bind is function or flows, not '{}'", value));
        interface.by_flows = value == "flows";
    } else if (key == "mac") {
        if (!is_mac(value))
            return refuse(interface,
                          std::format("'{}' is no MAC address of one machine, such as 52:58:00:00:00:01", value));
        interface.mac = value;
    } else if (key == "hostfwd") {
        const auto forward = interface.wire == Wire::user ? parse_forward(value) : std::nullopt;
        if (interface.wire != Wire::user)
            return refuse(interface, "hostfwd goes with --net user");
        if (!forward)
            return refuse(interface,
                          std::format("hostfwd is tcp:[ADDRESS]:PORT-[ADDRESS]:PORT or udp:..., not '{}'", value));
        interface.forwards.push_back(*forward);
        interface.netdev_properties.emplace_back(option);
    } else if (key == "queues" && interface.wire != Wire::qemu) {
        const auto queues = parse_port(value);
        if (interface.wire != Wire::tap)
            return refuse(interface, "QEMU gives this wire one queue pair: queues goes with --net tap:INTERFACE");
        if (!queues || *queues > queues_max)
            return refuse(interface, std::format("queues is 1 to {}, not '{}'", queues_max, value));
        interface.queues = *queues;
    } else if (interface.wire == Wire::qemu || (interface.wire == Wire::user && key == "restrict")) {
        interface.netdev_properties.emplace_back(option);
    } else {
        interface.device_properties.emplace_back(option);
    }
    return {};
}

} // namespace

Outcome<NetInterface> parse_interface(std::string_view text) {
    const auto parts = split(text, ',');
    const std::size_t colon = parts[0].find(':');
    const std::string_view kind = parts[0].substr(0, colon);
    NetInterface interface;
    interface.name = parts[0];
    interface.place = colon == std::string_view::npos ? "" : parts[0].substr(colon + 1);
    if (parts[0] == "user")
        interface.wire = Wire::user;
    else if (kind == "hub" && colon != std::string_view::npos)
        interface.wire = Wire::hub;
    else if (kind == "tap" && colon != std::string_view::npos)
        interface.wire = Wire::tap;
    else if (kind == "qemu" && colon != std::string_view::npos)
        interface.wire = Wire::qemu;
    else
        return usage_error(std::format("--net needs {}, not '{}'", forms, text));

    constexpr std::size_t host_interface_size_max = 15; // IFNAMSIZ less its end
    if (interface.wire == Wire::hub && !plain_name(interface.place, hub_name_size_max))
        return refuse(interface,
                      std::format("a hub's name is 1 to {} letters, digits, '-', '_' and '.'", hub_name_size_max));
    if (interface.wire == Wire::tap && !plain_name(interface.place, host_interface_size_max))
        return refuse(interface, "that cannot be the name of a host's interface");
    if (interface.wire == Wire::qemu && !plain_name(interface.place, host_interface_size_max))
        return refuse(interface, "a netdev in QEMU's words begins with its type, such as dgram");
    for (std::size_t index = 1; index < parts.size(); ++index)
        if (const auto added = add_option(interface, parts[index]); !added)
            return std::unexpected(added.error());
    return interface;
}

Outcome<void> check_interfaces(std::vector<NetInterface>& interfaces) {
    for (NetInterface& interface : interfaces) {
        if (interface.address.empty() && interface.wire != Wire::user)
            return refuse(interface, "nobody there says which address is free: give --ip A.B.C.D/PREFIX after it, or "
                                     "--ip dhcp where somebody does");
        if (interface.queues > 1 && interface.model != "virtio-net-pci")
            return refuse(interface, "only virtio-net-pci has several queues");
        if (interface.address.empty())
            interface.address = "dhcp";
        if (interface.by_flows && interface.address == "dhcp")
            return refuse(interface, "flows are of an address: give --ip A.B.C.D/PREFIX after it");
    }
    if (!std::ranges::is_sorted(interfaces, {}, &NetInterface::by_flows))
        return usage_error("--net: interfaces that are bound by flows come after those bound as functions");
    const auto same = [](const NetInterface& a, const NetInterface& b) {
        const bool mac = a.mac && a.mac == b.mac;
        const bool address = a.wire == b.wire && a.place == b.place && a.wire == Wire::hub && a.address != "dhcp" &&
                             a.address.substr(0, a.address.find('/')) == b.address.substr(0, b.address.find('/'));
        return mac || address;
    };
    for (std::size_t one = 0; one < interfaces.size(); ++one)
        for (std::size_t other = 0; other < one; ++other)
            if (same(interfaces[one], interfaces[other]))
                return refuse(interfaces[one], "two interfaces of one machine have the same address");
    return {};
}

bool inside_machine(const std::vector<NetInterface>& interfaces, const NetInterface& interface) {
    return interface.wire == Wire::hub && std::ranges::count_if(interfaces, [&](const NetInterface& other) {
                                              return other.wire == Wire::hub && other.place == interface.place;
                                          }) > 1;
}

std::string_view function_of(const NetInterface& interface) {
    return std::ranges::find(models, interface.model, &Model::name)->function; // parse_interface took no other
}

} // namespace exo::tool
