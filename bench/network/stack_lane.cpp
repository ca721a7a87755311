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
using exo::net::UdpSocket;

exo::net::Clock time_stamp_clock() {
    return {.now_ticks = [](void*) { return exo::tsc(); }, .ticks_per_ms = exo::tsc_hz() / 1000};
}

// One NIC with all that is above it.
struct End {
    exo::net::Network network;
    exo::net::Interface interface;
    UdpSocket socket;

    void open(exo::net::Port& port, std::uint32_t own, std::uint32_t peer, const exo::net::Seed& seed,
              std::uint16_t own_port = udp_port) {
        using exo::net::Ipv4Address;
        network.open(time_stamp_clock(), seed);
        interface.open(network, port);
        require(network.add(interface).has_value(), "adding an interface");
        interface.set_address({.address = Ipv4Address::from_number(own), .prefix = 24, .gateway = {}});
        require(socket.open(network, {{}, own_port}).has_value(), "opening a socket");
        require(socket.connect({Ipv4Address::from_number(peer), own_port}).has_value(), "connecting a socket");
        socket.set_queue_limit(4 * burst);
    }
};

class StackLane final {
public:
    explicit StackLane(const StackSuite& how)
        : kernel_entries_(how.kernel_entries), client_(ends_[0]),
          other_(ends_[how.request.part == Part::both ? 1 : 0]) {}

    void open_one(exo::net::Port& port, const StackSuite& how) {
        const bool client = how.request.part == Part::client;
        ends_[0].open(port, client ? client_address : other_address, client ? other_address : client_address, how.seed);
    }

    void open_both(exo::net::Port& client, exo::net::Port& other, const exo::net::Seed& seed) {
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

    // The neighbour shares the other end's NIC, and will read nothing from here on.
    void open_neighbour(exo::net::Port& port, const exo::net::Seed& seed) {
        neighbour_.open(port, neighbour_address, client_address, seed, neighbour_port);
        require(flood_.open(client_.network, {{}, neighbour_port}).has_value(), "opening a socket");
        const auto address = exo::net::Ipv4Address::from_number(neighbour_address);
        require(flood_.connect({address, neighbour_port}).has_value(), "connecting a socket");
        for (unsigned tries = 0; take(neighbour_, 1, any_size) == 0; ++tries) {
            require(tries < 100'000'000, "finding the neighbour by ARP");
            if (tries == 0)
                require(send_by(flood_, 1, small_payload) == 1, "sending the first datagram");
            (void)client_.network.poll();
        }
        bytes_ = 0;
    }
    void flood() { (void)send_by(flood_, burst, small_payload); }
    // Afterwards: that the neighbour was flooded indeed.
    bool neighbour_has_a_burst() { return take(neighbour_, burst, small_payload) == burst; }

    std::size_t send(std::size_t count, std::size_t payload_bytes) {
        return send_by(client_.socket, count, payload_bytes);
    }

    std::size_t echo(std::size_t count) {
        (void)other_.network.poll();
        Packet* packets[burst];
        std::size_t came = 0;
        for (; came < count && (packets[came] = other_.socket.receive()) != nullptr; ++came)
            bytes_ += packets[came]->length;
        return came == 0 ? 0 : give(other_.socket, packets, came);
    }

    std::size_t receive(std::size_t count) { return take(client_, count, any_size); }
    std::size_t drain(std::size_t count, std::size_t payload_bytes) { return take(other_, count, payload_bytes); }
    std::uint64_t payload_bytes_received() const { return bytes_; }
    bool counts_kernel_entries() const { return kernel_entries_ != nullptr; }
    std::uint64_t kernel_entries() const { return kernel_entries_ != nullptr ? kernel_entries_() : 0; }
    void print(std::string_view text) { bench::print(text); }

private:
    static constexpr std::size_t any_size = ~std::size_t{0};

    static std::size_t send_by(UdpSocket& socket, std::size_t count, std::size_t payload_bytes) {
        Packet* packets[burst];
        std::size_t made = 0;
        for (; made < count && (packets[made] = socket.allocate()) != nullptr; ++made)
            packets[made]->length = static_cast<std::uint16_t>(payload_bytes);
        return give(socket, packets, made);
    }

    static std::size_t give(UdpSocket& socket, Packet** packets, std::size_t count) {
        std::size_t taken = 0;
        if (count == 1)
            taken = socket.send(packets[0]).has_value() ? 1 : 0;
        else if (count > 1)
            taken = socket.send_burst({packets, count});
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
    End ends_[2], neighbour_;
    UdpSocket flood_;      // of the client's
    End &client_, &other_; // the same one when there is one
    std::uint64_t bytes_ = 0;
};

} // namespace

bool run_stack_suite(exo::net::Port& client, exo::net::Port* other, const StackSuite& how) {
    static StackLane lane(how);
    static NetworkSuite<StackLane> suite(lane, how.request);
    if (other != nullptr)
        lane.open_both(client, *other, how.seed);
    else
        lane.open_one(client, how);
    return suite.run();
}

bool run_stack_flood_suite(exo::net::Port& client, exo::net::Port& other, exo::net::Port& neighbour,
                           const StackSuite& how) {
    static StackLane lane(how);
    static NetworkSuite<StackLane> suite(lane, how.request);
    lane.open_both(client, other, how.seed);
    lane.open_neighbour(neighbour, how.seed);
    return suite.run() && lane.neighbour_has_a_burst();
}

} // namespace bench::network
