// The network interfaces of one machine as `--net` and `--ip` say them: what each is wired to, which NIC it is, which
// address the program is told. Text only; net_host.hpp looks at the host, hub.hpp joins machines.
#pragma once

#include "tools/exo/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::tool {

inline constexpr std::size_t interfaces_max = 8;
inline constexpr std::size_t hub_name_size_max = 32;

// user: a private network behind QEMU's own NAT and DHCP. hub: machines joined by a name. tap: an interface of the
// host. qemu: a netdev in QEMU's words.
enum class Wire { user, hub, tap, qemu };

// One port of the host that leads into the machine, of a user interface.
struct HostForward {
    bool tcp = true;
    std::string host_address; // empty: all
    std::uint16_t host_port = 0;
};

struct NetInterface {
    Wire wire = Wire::user;
    std::string name;  // as given: user, hub:NAME, tap:INTERFACE, qemu:TYPE
    std::string place; // the hub's name, the host's interface, the netdev's type
    std::string model = "virtio-net-pci";
    std::optional<std::string> mac;
    unsigned queues = 1;   // queue pairs of the NIC, of a tap
    bool by_flows = false; // the kernel shares the NIC, and the program gets flows of its address
    std::vector<std::string> netdev_properties, device_properties; // each K=V, in QEMU's words
    std::vector<HostForward> forwards;
    std::string address; // the word of EXO_IP; empty until --ip or check_interfaces says

    // Of a hub that other machines are joined to: where its switch listens, and which of its machines this is.
    std::string hub_socket;
    unsigned machine_number = 0;
};

// user[,OPTION...], hub:NAME[,...], tap:INTERFACE[,...] or qemu:NETDEV[,...]. OPTION: model=, mac=, hostfwd= (user),
// queues= (tap), and further K=V, which are the NIC's; those of qemu: are the netdev's.
Outcome<NetInterface> parse_interface(std::string_view text);

// dhcp or A.B.C.D/PREFIX[,GATEWAY]; the word that EXO_IP holds.
Outcome<std::string> parse_address(std::string_view text);

// Fills in addresses that have a default; refuses what only shows when all interfaces are known.
Outcome<void> check_interfaces(std::vector<NetInterface>& interfaces);

// A hub whose name is given more than once lies inside the machine and joins no other one.
bool inside_machine(const std::vector<NetInterface>& interfaces, const NetInterface& interface);

// The value of EXO_IP: a word an interface, in their order.
std::string address_words(const std::vector<NetInterface>& interfaces);

// The steward's name for the function behind a NIC model: virtio:ID or VENDOR:DEVICE.
std::string_view function_of(const NetInterface& interface);

// The words of QEMU's -netdev and -device for interface number `index`.
struct NetWords {
    std::string netdev, device;
};
NetWords net_words(const std::vector<NetInterface>& interfaces, std::size_t index);

} // namespace exo::tool
