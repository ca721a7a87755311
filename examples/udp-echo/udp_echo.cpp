// A UDP echo server on its own NIC: each datagram goes back in the buffer that the NIC wrote it to, without a copy and
// without a call of the kernel. Where to read next: libos/net/README.md.
#include "libos/net/configure.hpp"
#include "libos/net/udp/socket.hpp"
#include "libos/start/native.hpp"

namespace {

exo::net::Network network;
exo::net::UdpSocket server;
constexpr std::uint16_t echo_port = 7; // RFC 862

} // namespace

int exo_main(const exo::StartInfo& start) {
    if (const int status = exo::net::configure(start, network))
        return status;
    if (const auto opened = server.open(network, {exo::net::any_address, echo_port}); !opened) {
        exo::log_line({{"udp-echo: "}, {exo::net::problem_text(opened.error())}});
        return 1;
    }
    char text[exo::net::address_text_max];
    exo::net::format_address(network.interfaces()[0]->address(), text);
    exo::log_line({{"udp-echo: answering at "}, {text}, {", port "}, exo::decimal(echo_port)});
    for (;;) {
        network.poll();
        while (exo::net::Packet* packet = server.receive())
            if (!server.send_to(packet, exo::net::UdpSocket::source(*packet)))
                exo::net::PacketPool::release(packet); // no room: lost, as on any wire
    }
}
