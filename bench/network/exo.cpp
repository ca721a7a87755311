// The network bench on the exokernel: a native program that owns two NICs and has a network on each, of libos/net. UDP
// sockets send and receive packets in place; one vcore polls both ends.
#include "bench/exo/program.hpp"
#include "bench/network/suite.hpp"
#include "libos/net/open_port.hpp"
#include "libos/net/udp/socket.hpp"
#include "libos/time/clock.hpp"

namespace {

using exo::net::Packet;
using exo::net::PacketPool;
namespace network = bench::network;

exo::net::Clock time_stamp_clock() {
    return {.now_ticks = [](void*) { return exo::tsc(); }, .ticks_per_ms = exo::tsc_hz() / 1000};
}

// One NIC with all that is above it.
struct End {
    exo::net::Network network;
    exo::net::Interface interface;
    exo::net::UdpSocket socket;

    void open(exo::net::Port& port, std::uint32_t own, std::uint32_t peer, const exo::net::Seed& seed) {
        using exo::net::Ipv4Address;
        network.open(time_stamp_clock(), seed);
        interface.open(network, port);
        bench::require(network.add(interface).has_value(), "adding an interface");
        interface.set_address({.address = Ipv4Address::from_number(own), .prefix = 24, .gateway = {}});
        bench::require(socket.open(network, {{}, network::udp_port}).has_value(), "opening a socket");
        bench::require(socket.connect({Ipv4Address::from_number(peer), network::udp_port}).has_value(),
                       "connecting a socket");
        socket.set_queue_limit(4 * network::burst);
    }
};

class SocketLane {
public:
    void open(exo::net::Port& client, exo::net::Port& other, const exo::net::Seed& seed) {
        client_.open(client, network::client_address, network::other_address, seed);
        other_.open(other, network::other_address, network::client_address, seed);
        // Until ARP has found both ends.
        for (unsigned tries = 0; drain(1, network::round_trip_payload) == 0; ++tries) {
            bench::require(tries < 100'000'000, "finding the other end by ARP");
            if (tries == 0)
                bench::require(send(1, network::round_trip_payload) == 1, "sending the first datagram");
            (void)client_.network.poll();
        }
    }

    std::size_t send(std::size_t count, std::size_t payload_bytes) {
        Packet* packets[network::burst];
        std::size_t made = 0;
        for (; made < count && (packets[made] = client_.socket.allocate()) != nullptr; ++made)
            packets[made]->length = static_cast<std::uint16_t>(payload_bytes);
        return give(client_, packets, made);
    }

    std::size_t echo(std::size_t count) {
        (void)other_.network.poll();
        Packet* packets[network::burst];
        std::size_t came = 0;
        for (; came < count && (packets[came] = other_.socket.receive()) != nullptr; ++came)
            bytes_ += packets[came]->length;
        return came == 0 ? 0 : give(other_, packets, came);
    }

    std::size_t receive(std::size_t count) { return take(client_, count, any_size); }
    std::size_t drain(std::size_t count, std::size_t payload_bytes) { return take(other_, count, payload_bytes); }
    std::uint64_t payload_bytes_received() const { return bytes_; }
    // All that this core has taken, as the kernel counts it in a page that is read without entering it.
    std::uint64_t kernel_entries() const {
        // Safe: mapped read only in every environment.
        const auto* const counters = reinterpret_cast<const volatile exo::CoreCounters*>(exo::info_counters);
        const volatile exo::CoreCounters& core = counters[exo::start_info().vcore_core[0]];
        return core.timer_interrupts + core.device_interrupts + core.ipis + core.calls + core.reflections +
               core.exceptions;
    }
    void print(std::string_view text) { bench::print(text); }

private:
    static constexpr std::size_t any_size = ~std::size_t{0};

    static std::size_t give(End& end, Packet** packets, std::size_t count) {
        std::size_t taken = 0;
        if (count == 1)
            taken = end.socket.send(packets[0]).has_value() ? 1 : 0;
        else if (count > 1)
            taken = end.socket.send_burst({packets, count});
        for (std::size_t i = taken; i < count; ++i)
            PacketPool::release(packets[i]);
        return taken;
    }

    std::size_t take(End& end, std::size_t count, std::size_t size) {
        (void)end.network.poll();
        std::size_t came = 0;
        for (Packet* packet; came < count && (packet = end.socket.receive()) != nullptr;) {
            if (size == any_size || packet->length == size) {
                bytes_ += packet->length;
                came++;
            }
            PacketPool::release(packet);
        }
        return came;
    }

    End client_, other_;
    std::uint64_t bytes_ = 0;
};

SocketLane lane;

} // namespace

int exo_main(const exo::StartInfo& start) {
    network::Request request;
    exo::net::PortWishes wishes;
    for (std::uint32_t i = 1; i < start.argument_count; ++i) {
        const std::string_view word = bench::program_argument(start, i);
        if (word == "split")
            wishes.packed = false;
        else
            bench::require(request.take(word), "reading the arguments");
    }
    exo::net::OpenedPort ports[2];
    bench::require(exo::net::open_ports(ports, wishes) == 2, "finding two NICs");
    for (const exo::net::OpenedPort& opened : ports)
        if (opened.port == nullptr)
            bench::give_up("opening a NIC", opened.problem);
    const std::uint64_t entries = lane.kernel_entries();
    bench::print("network: both NICs are open\n");
    bench::require(lane.kernel_entries() != entries, "seeing a call in the kernel's counters"); // or they prove nothing
    exo::net::Seed seed;
    std::copy_n(start.seed, seed.size(), seed.begin());
    lane.open(*ports[0].port, *ports[1].port, seed);
    static network::NetworkSuite<SocketLane> suite(lane, request);
    if (suite.run())
        return 0;
    bench::print("network: a packet did not come back\n");
    return 1;
}
