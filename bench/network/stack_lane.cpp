// See stack_lane.hpp: UDP sockets of libos/net, one network on each of two ports; packets are filled and read in place.
#include "bench/network/stack_lane.hpp"

#include "bench/exo/program.hpp"
#include "bench/network/suite.hpp"
#include "libos/net/ip/interface.hpp"
#include "libos/net/network.hpp"
#include "libos/net/udp/socket.hpp"
#include "libos/time/clock.hpp"

namespace bench::network {

namespace {

using exo::net::Packet;
using exo::net::PacketPool;

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
        require(network.add(interface).has_value(), "adding an interface");
        interface.set_address({.address = Ipv4Address::from_number(own), .prefix = 24, .gateway = {}});
        require(socket.open(network, {{}, udp_port}).has_value(), "opening a socket");
        require(socket.connect({Ipv4Address::from_number(peer), udp_port}).has_value(), "connecting a socket");
        socket.set_queue_limit(4 * burst);
    }
};

class StackLane final {
public:
    explicit StackLane(std::uint64_t (*kernel_entries)()) : kernel_entries_(kernel_entries) {}

    void open(exo::net::Port& client, exo::net::Port& other, const exo::net::Seed& seed) {
        client_.open(client, client_address, other_address, seed);
        other_.open(other, other_address, client_address, seed);
        // Until ARP has found both ends.
        for (unsigned tries = 0; drain(1, round_trip_payload) == 0; ++tries) {
            require(tries < 100'000'000, "finding the other end by ARP");
            if (tries == 0)
                require(send(1, round_trip_payload) == 1, "sending the first datagram");
            (void)client_.network.poll();
        }
    }

    std::size_t send(std::size_t count, std::size_t payload_bytes) {
        Packet* packets[burst];
        std::size_t made = 0;
        for (; made < count && (packets[made] = client_.socket.allocate()) != nullptr; ++made)
            packets[made]->length = static_cast<std::uint16_t>(payload_bytes);
        return give(client_, packets, made);
    }

    std::size_t echo(std::size_t count) {
        (void)other_.network.poll();
        Packet* packets[burst];
        std::size_t came = 0;
        for (; came < count && (packets[came] = other_.socket.receive()) != nullptr; ++came)
            bytes_ += packets[came]->length;
        return came == 0 ? 0 : give(other_, packets, came);
    }

    std::size_t receive(std::size_t count) { return take(client_, count, any_size); }
    std::size_t drain(std::size_t count, std::size_t payload_bytes) { return take(other_, count, payload_bytes); }
    std::uint64_t payload_bytes_received() const { return bytes_; }
    bool counts_kernel_entries() const { return kernel_entries_ != nullptr; }
    std::uint64_t kernel_entries() const { return kernel_entries_ != nullptr ? kernel_entries_() : 0; }
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

    std::uint64_t (*kernel_entries_)();
    End client_, other_;
    std::uint64_t bytes_ = 0;
};

} // namespace

bool run_stack_suite(exo::net::Port& client, exo::net::Port& other, const StackSuite& how) {
    static StackLane lane(how.kernel_entries);
    static NetworkSuite<StackLane> suite(lane, how.request);
    lane.open(client, other, how.seed);
    return suite.run();
}

} // namespace bench::network
