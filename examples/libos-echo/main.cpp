// libos-echo: a library operating system that sends every UDP datagram back to where it came from, in the buffer that
// the NIC wrote it to. It polls while there is traffic, and sleeps, with the core given away, when there has been none
// for a while. Everything it can use is in the exokernel's kit; docs/writing-a-library-os.md shows the rest of it.
#include "libos/net/configure.hpp"
#include "libos/net/udp/socket.hpp"
#include "libos/start/native.hpp"

namespace {

constexpr std::uint16_t echo_port = 7; // RFC 862
constexpr unsigned idle_polls_max = 1000;

exo::net::Network network;
exo::net::UdpSocket server;

// Sends back what has come.
void answer() {
    while (exo::net::Packet* const packet = server.receive())
        if (!server.send_to(packet, exo::net::UdpSocket::source(*packet)))
            exo::net::PacketPool::release(packet); // no room: lost, as on any wire
}

} // namespace

// The environment ends with the status that this returns.
int exo_main(const exo::StartInfo& start) {
    if (const int status = exo::net::configure(start, network))
        return status;
    if (const auto opened = server.open(network, {exo::net::any_address, echo_port}); !opened) {
        exo::log_line({{"libos-echo: "}, {exo::net::problem_text(opened.error())}});
        return 1;
    }
    exo::net::Interface& interface = *network.interfaces()[0];
    char address[exo::net::address_text_max];
    exo::net::format_address(interface.address(), address);
    exo::log_line({{"libos-echo: answering at "}, {address}, {", port "}, exo::decimal(echo_port)});

    unsigned idle_polls = 0;
    for (;;) {
        idle_polls = network.poll() ? 0 : idle_polls + 1;
        answer();
        if (idle_polls < idle_polls_max)
            continue;
        interface.port().sleep(network.deadline()); // until a frame comes, or a timer of the stack is due
        idle_polls = 0;
    }
}
