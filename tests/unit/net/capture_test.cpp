// A port that records: nothing above notices, the file is what pcap-savefile(5) says, and it loses the oldest.
#include "libos/net/capture/capture_port.hpp"
#include "tests/unit/net/station.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

using namespace exo::net;
using namespace net_test;

TEST_CASE("capture: frames both ways, as they are on the wire, the oldest lost and counted") {
    Wire wire;
    std::vector<Octets> on_wire;
    wire.tap = [&](const Octets& frame) { on_wire.push_back(frame); };
    FakePort port(wire, 2, {.offers = port_offer::transmit_checksum});
    std::vector<CapturedFrame> ring(8);
    CapturePort capture;
    capture.open(port, ring, wire.clock());
    Network network;
    Interface interface;
    network.open(wire.clock(), {1, 2, 3, 4});
    interface.open(network, capture);
    REQUIRE(network.add(interface));
    interface.set_address({Station::address(2), 24, {}});
    Station peer(wire, 3);
    peer.take_address(3);
    UdpSocket client;
    REQUIRE(client.open(network));
    REQUIRE(client.connect({Station::address(3), 9}));
    for (int i = 0; i < 6; i++) {
        REQUIRE(client.send(filled(client.allocate(), pattern(100))));
        for (int polls = 0; polls < 4; polls++) {
            wire.deliver();
            network.poll();
            peer.network.poll();
        }
    }
    CHECK(client.take_problem() == Problem::Refused);
    CHECK(capture.captured() > 8);
    CHECK(capture.kept() == 8);
    CHECK(capture.lost() == capture.captured() - 8);
    Octets file;
    REQUIRE(write_pcap(
        capture, 5'000'000'000, 1000,
        [](void* context, std::span<const std::byte> octets) {
            for (const std::byte octet : octets)
                static_cast<Octets*>(context)->push_back(static_cast<std::uint8_t>(octet));
            return true;
        },
        &file));
    const auto number = [&](std::size_t at) {
        std::uint32_t value = 0;
        std::memcpy(&value, file.data() + at, 4);
        return value;
    };
    REQUIRE(file.size() > 24);
    CHECK(number(0) == 0xa1b23c4d);
    CHECK(number(20) == 1);
    std::size_t at = 24, records = 0;
    while (at < file.size()) {
        CHECK(number(at) == 6); // a second of the clock after the epoch
        const std::size_t kept = number(at + 8);
        CHECK(kept == number(at + 12));
        REQUIRE(at + 16 + kept <= file.size());
        const Octets frame(file.begin() + static_cast<std::ptrdiff_t>(at + 16),
                           file.begin() + static_cast<std::ptrdiff_t>(at + 16 + kept));
        CHECK(std::ranges::any_of(on_wire, [&](const Octets& seen) {
            return seen.size() >= frame.size() && std::equal(frame.begin(), frame.end(), seen.begin());
        }));
        at += 16 + kept;
        records++;
    }
    CHECK(at == file.size());
    CHECK(records == 8);
    CHECK_FALSE(write_pcap(capture, 0, 1000, [](void*, std::span<const std::byte>) { return false; }, nullptr));
}
