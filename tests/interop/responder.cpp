// The exokernel's end of the interop tests: a native program with libos/net on its one NIC, at the address that EXO_IP
// names. The stack answers ARP and ping; UDP port 7 echoes (RFC 862); a datagram to port 9 ends the program.
#include "libos/net/ip/interface.hpp"
#include "libos/net/open_port.hpp"
#include "libos/net/udp/socket.hpp"
#include "libos/start/kit.hpp"
#include "libos/start/native.hpp"
#include "libos/time/clock.hpp"

#include <string_view>

namespace {

using namespace exo::net;

constexpr std::uint16_t echo_port = 7, end_port = 9;

int refuse(const char* why) {
    exo::log_line({{"responder: "}, {why}});
    return 1;
}

std::string_view addresses(const exo::StartInfo& start) {
    constexpr std::string_view name = "EXO_IP=";
    for (std::uint32_t i = 0; i < start.environment_count; ++i) {
        const std::string_view variable = exo::start_list_string(start.environment_offset, i);
        if (variable.starts_with(name))
            return variable.substr(name.size());
    }
    return "";
}

Network network;
Interface interface;
UdpSocket echo, end;

} // namespace

int exo_main(const exo::StartInfo& start) {
    const auto address = parse_configuration(addresses(start));
    if (!address)
        return refuse("EXO_IP holds no address of one NIC");
    OpenedPort opened;
    if (open_ports({&opened, 1}) != 1 || opened.port == nullptr)
        return refuse(opened.problem ? opened.problem : "there is no NIC");
    network.open({.now_ticks = [](void*) { return exo::tsc(); }, .ticks_per_ms = exo::tsc_hz() / 1000},
                 {start.seed[0], start.seed[1], start.seed[2], start.seed[3]});
    interface.open(network, *opened.port);
    interface.set_address(*address);
    if (!network.add(interface) || !echo.open(network, {{}, echo_port}) || !end.open(network, {{}, end_port}))
        return refuse("the network does not open");
    exo::log_line({{"responder: ready"}});
    for (;;) {
        if (network.poll() == 0)
            opened.port->sleep(network.deadline());
        while (Packet* packet = echo.receive())
            if (!echo.send_to(packet, UdpSocket::source(*packet)))
                PacketPool::release(packet);
        if (Packet* packet = end.receive()) {
            PacketPool::release(packet);
            return 0;
        }
    }
}
