// A host on a Wire: a port, an interface, a network.
#pragma once

#include "libos/net/ip/interface.hpp"
#include "libos/net/udp/socket.hpp"
#include "tests/unit/net/wire.hpp"

namespace net_test {

struct Station {
    Station(Wire& wire, std::uint8_t number) : Station(wire, number, FakePort::Shape{}) {}
    Station(Wire& wire, std::uint8_t number, const FakePort::Shape& shape) : port(wire, number, shape) {
        network.open(wire.clock(), {number, 2, 3, 4});
        interface.open(network, port);
        (void)network.add(interface);
    }
    // 10.0.0.NUMBER/24
    void take_address(std::uint8_t number) {
        interface.set_address(
            {exo::net::Ipv4Address::of(10, 0, 0, number), 24, exo::net::Ipv4Address::of(10, 0, 0, 1)});
    }
    static exo::net::Ipv4Address address(std::uint8_t number) { return exo::net::Ipv4Address::of(10, 0, 0, number); }

    FakePort port;
    exo::net::Network network;
    exo::net::Interface interface;
};

// Polls all until nothing moves, without letting time pass.
template <typename... Stations>
void settle(Wire& wire, Stations&... stations) {
    for (int quiet = 0; quiet < 3;) {
        const std::uint64_t before = wire.frames;
        wire.deliver();
        const std::size_t came = (stations.network.poll() + ...);
        quiet = came || wire.frames != before ? 0 : quiet + 1;
    }
}

// Lets time pass, a millisecond at a step.
template <typename... Stations>
void pass(Wire& wire, std::uint64_t ms, Stations&... stations) {
    for (; ms; ms--) {
        wire.now_ms++;
        settle(wire, stations...);
    }
}

// A packet that holds octets where UdpSocket::send wants them.
inline exo::net::Packet* filled(exo::net::Packet* packet, std::span<const std::uint8_t> octets) {
    if (packet) {
        __builtin_memcpy(packet->data(), octets.data(), octets.size());
        packet->length = static_cast<std::uint16_t>(octets.size());
    }
    return packet;
}

inline Octets contents(const exo::net::Packet* packet) {
    Octets octets;
    for (; packet; packet = packet->next)
        for (const std::byte octet : packet->octets())
            octets.push_back(static_cast<std::uint8_t>(octet));
    return octets;
}

inline Octets pattern(std::size_t size, std::uint8_t first = 0) {
    Octets octets(size);
    for (std::size_t i = 0; i < size; i++)
        octets[i] = static_cast<std::uint8_t>(first + i * 7 + i / 251);
    return octets;
}

} // namespace net_test
