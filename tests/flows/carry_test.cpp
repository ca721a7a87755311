// Frames that go where their flows say, from one shared NIC to another.
#include "tests/flows/shared_nics.hpp"

using namespace exo;
using namespace flows;

TEST_CASE_FIXTURE(lab::Fresh, "a frame goes from flow to flow") {
    SharedNic a(0), b(1);
    OwnedRing from(narrow(a.root(), host(address_a)).value(), 40), to(narrow(b.root(), host(address_b)).value(), 41);
    REQUIRE(from.bound().ok());
    REQUIRE(to.bound().ok());
    Datagram datagram{.source_mac = mac_of(a)};
    for (int i = 0; i < 300; i++) { // round every ring and the device's
        datagram.payload = "number " + std::to_string(i) + std::string(static_cast<std::size_t>(i * 4), 'x');
        REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
        REQUIRE(to.receive() == datagram.frame());
    }
    CHECK(a.info().sent == 300);
    CHECK(b.info().delivered == 300);
    CHECK(from.receive(10'000).empty());
}

TEST_CASE_FIXTURE(lab::Fresh, "the most specific flow gets the frame, and nobody's frame nobody") {
    SharedNic a(0), b(1);
    OwnedRing from(a.root(), 40), every(b.root(), 41);
    Handle address = narrow(b.root(), host(address_b, 10)).value();
    OwnedRing of_address(address, 42), of_port(narrow(address, udp(address_b, 2000, 2009)).value(), 43);
    Datagram datagram{.source_mac = mac_of(a)};
    datagram.target_port = 2005;
    REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
    CHECK(of_port.receive() == datagram.frame());
    datagram.target_port = 2010;
    REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
    CHECK(of_address.receive() == datagram.frame());
    datagram.target = address_b + 1;
    REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
    CHECK(every.receive() == datagram.frame());
    BindOp row{BindKind::Ring, 0, b.root(), 0, 0, 0, 0};
    REQUIRE(lab::unbind(self, row).ok());
    std::uint64_t unclaimed = b.info().unclaimed;
    REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
    CHECK(lab::until([&] {
        (void)of_port.receive(1'000);
        return b.info().unclaimed == unclaimed + 1;
    }));
}

TEST_CASE_FIXTURE(lab::Fresh, "several flows share a ring") {
    SharedNic a(0), b(1);
    FlowSpec arp = every_packet(0);
    arp.ether_type = ether_type_arp;
    arp.local_address = address_b;
    arp.local_prefix = 32;
    Handle addresses = narrow(b.root(), arp).value(), packets = narrow(b.root(), host(address_b)).value();
    OwnedRing from(a.root(), 40), to(addresses, 41);
    CHECK_OK(lab::bind(self, {BindKind::Ring, 0, packets, 0, 0, 0, addresses}));
    CHECK_ERROR(lab::bind(self, {BindKind::Ring, 0, packets, 0, 0, 0, addresses}), Occupied);
    Datagram datagram{.source_mac = mac_of(a)};
    std::string request = arp_request(a, address_a, address_b);
    REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
    CHECK(to.receive() == datagram.frame());
    REQUIRE(from.send(request) == SentStatus::Sent);
    CHECK(to.receive() == request);
    // Either flow lets frames out.
    CHECK(to.send(arp_request(b, address_b, address_a)) == SentStatus::Sent);
    Datagram answer{.source_mac = mac_of(b), .source = address_b, .target = address_a};
    CHECK(to.send(answer.frame()) == SentStatus::Sent);
    // The ring outlives the first of its flows.
    REQUIRE(lab::unbind(self, {BindKind::Ring, 0, addresses, 0, 0, 0, 0}).ok());
    CHECK_ERROR(sys::submit(addresses, submit_flag::receive), NotBound);
    CHECK_OK(sys::submit(packets, submit_flag::receive));
}

TEST_CASE_FIXTURE(lab::Fresh, "a sleeper is woken by the frame it waits for, and a poller takes no interrupt") {
    SharedNic a(0), b(1);
    OwnedRing from(a.root(), 40);
    Handle flow = narrow(b.root(), host(address_b)).value();
    constexpr unsigned event = 41;
    OwnedRing to(flow, event);
    Datagram datagram{.source_mac = mac_of(a)};
    for (int i = 0; i < 20; i++) {
        REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
        REQUIRE(to.receive() == datagram.frame());
    }
    CHECK(b.info().interrupts == 0);
    CHECK_OK(sys::submit(flow, submit_flag::sleep));
    REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
    CHECK(lab::until([&] { return to.queue().received() != 0; })); // without a look at the NIC
    CHECK(b.info().interrupts >= 1);
    CHECK(to.receive() == datagram.frame());
    // Told once, not again.
    std::uint64_t before = b.info().interrupts;
    REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
    CHECK_FALSE(lab::until([&] { return b.info().interrupts != before; }, 20'000));
    CHECK(to.receive() == datagram.frame());
}

TEST_CASE_FIXTURE(lab::Fresh, "a ring that is full loses its own frames and stalls nobody") {
    SharedNic a(0), b(1);
    OwnedRing from(a.root(), 40);
    OwnedRing full(narrow(b.root(), udp(address_b, 1, 1)).value(), 41);
    OwnedRing other(narrow(b.root(), udp(address_b, 2, 2)).value(), 42);
    Datagram flood{.source_mac = mac_of(a), .target_port = 1}, wanted{.source_mac = mac_of(a), .target_port = 2};
    for (int i = 0; i < 100; i++) {
        REQUIRE(from.send(flood.frame()) == SentStatus::Sent);
        REQUIRE(from.send(wanted.frame()) == SentStatus::Sent);
        REQUIRE(other.receive() == wanted.frame());
    }
    CHECK(full.queue().received() == 16); // the buffers that it offered
    CHECK(full.queue().page().lost_no_buffer == 84);
    CHECK(b.info().overrun == 84);
    // What was lost is said with the next frame that is not.
    for (int i = 0; i < 16; i++)
        CHECK(full.receive() == flood.frame());
    REQUIRE(from.send(flood.frame()) == SentStatus::Sent);
    REQUIRE(lab::until([&] {
        (void)other.receive(1'000);
        return full.queue().received() != 0;
    }));
    CHECK(full.queue().take().missed == 84);
}

TEST_CASE_FIXTURE(lab::Fresh, "what the wire has no room for goes out by itself once it has") {
    SharedNic a(0), b(1);
    OwnedRing from(a.root(), 40, {.transmits = 1024}), to(b.root(), 41);
    Datagram datagram{.source_mac = mac_of(a)};
    std::string frame = datagram.frame();
    std::uint32_t number = from.spec().buffers - 1;
    std::copy_n(frame.data(), frame.size(), reinterpret_cast<char*>(from.buffer(number))); // Safe: octets as text.
    FlowTransmit piece{};
    piece.buffer = number;
    piece.length = static_cast<std::uint16_t>(frame.size());
    constexpr std::uint32_t frames = 1000; // more than any device here has room for
    for (std::uint32_t i = 0; i < frames; i++)
        from.queue().give(piece);
    from.queue().publish_given();
    REQUIRE(sys::submit(a.root(), submit_flag::send).ok()); // once
    CHECK(lab::until([&] {
        (void)sys::submit(b.root(), submit_flag::receive); // QEMU's hub stalls a sender whose receiver is full
        return from.queue().sent() == frames;
    }));
    CHECK(a.info().sent == frames);
    CHECK(a.info().interrupts >= 1);
}

TEST_CASE_FIXTURE(lab::Fresh, "checksums left to the device are right when they arrive") {
    SharedNic a(0), b(1);
    OwnedRing from(a.root(), 40), to(b.root(), 41);
    Datagram datagram{.source_mac = mac_of(a)};
    std::string frame = datagram.frame();
    // The field holds the pseudo-header's sum: 10.0.0.1, 10.0.0.2, UDP, the length.
    const auto pseudo = static_cast<std::uint16_t>(2 * 0x0a00 + 1 + 2 + 17 + 8 + datagram.payload.size());
    frame[40] = static_cast<char>(pseudo >> 8);
    frame[41] = static_cast<char>(pseudo);
    FlowTransmit asked{};
    asked.flags = transmit_flag::checksum;
    asked.checksum_start = 34;
    asked.checksum_offset = 6;
    REQUIRE(from.send(frame, asked) == SentStatus::Sent);
    std::string got = to.receive();
    REQUIRE(got.size() == frame.size());
    std::uint32_t sum = pseudo;
    for (std::size_t i = 34; i < got.size(); i += 2)
        sum += static_cast<std::uint32_t>(static_cast<unsigned char>(got[i]) << 8 |
                                          static_cast<unsigned char>(got[i + 1]));
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    CHECK(sum == 0xffff);
}
