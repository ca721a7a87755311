// The suite over TCP of libos/net: two interfaces of one network, since a program has one TCP stack; what one end sends
// leaves by its own NIC and comes by the other's. See stack_lane.hpp. `write` and `read` copy, as Linux' calls do.
#include "bench/exo/program.hpp"
#include "bench/network/stack_lane.hpp"
#include "libos/net/ip/interface.hpp"
#include "libos/net/network.hpp"
#include "libos/net/tcp/listener.hpp"
#include "libos/net/tcp/stack.hpp"
#include "libos/time/clock.hpp"

namespace bench::network {

namespace {

using exo::net::Endpoint;
using exo::net::Ipv4Address;

class StackTcpLane final {
public:
    static constexpr bool is_stream = true;

    explicit StackTcpLane(Part part) : client_(streams_[0]), other_(streams_[part == Part::both ? 1 : 0]) {}

    // `other` is null in one of two machines.
    void open(exo::net::Port& client, exo::net::Port* other, const StackSuite& how) {
        const Part part = how.request.part;
        network_.open({.now_ticks = [](void*) { return exo::tsc(); }, .ticks_per_ms = exo::tsc_hz() / 1000}, how.seed);
        add(interfaces_[0], client, part == Part::server ? other_address : client_address);
        if (other != nullptr)
            add(interfaces_[1], *other, other_address);
        require(stack_.open(network_).has_value(), "opening TCP");
        if (part != Part::client)
            require(listener_.open(stack_, {Ipv4Address::from_number(other_address), tcp_port}).has_value(),
                    "listening");
        if (part != Part::server)
            connect();
        if (part != Part::client)
            accept();
        client_.set_no_delay(true);
        other_.set_no_delay(true);
    }

    std::size_t send(std::size_t, std::size_t octets) { return write(client_, octets); }
    std::size_t echo(std::size_t) {
        const std::size_t octets = read(other_, stream_piece);
        return octets != 0 ? write(other_, octets) : 0;
    }
    std::size_t receive(std::size_t) { return read(client_, stream_piece); }
    std::size_t drain(std::size_t, std::size_t octets) { return read(other_, octets); }
    std::uint64_t payload_bytes_received() const { return bytes_; }
    void print(std::string_view text) { bench::print(text); }

private:
    static constexpr std::uint64_t patience_cycles = 100'000'000'000; // some tens of seconds

    // Again while the other machine refuses, because it does not listen yet.
    void connect() {
        const Endpoint there{Ipv4Address::from_number(other_address), tcp_port};
        const std::uint64_t deadline = exo::tsc() + patience_cycles;
        do {
            require(client_.connect(stack_, there, {Ipv4Address::from_number(client_address), 0}).has_value(),
                    "connecting");
            while (client_.is_connecting() && exo::tsc() < deadline)
                (void)network_.poll();
        } while (client_.problem() != exo::net::Problem::None && exo::tsc() < deadline);
        require(!client_.is_connecting() && client_.problem() == exo::net::Problem::None, "connecting");
    }

    void accept() {
        for (const std::uint64_t deadline = exo::tsc() + patience_cycles; !listener_.is_ready();) {
            require(exo::tsc() < deadline, "waiting for a connection");
            (void)network_.poll();
        }
        other_ = std::move(*listener_.accept());
    }

    void add(exo::net::Interface& interface, exo::net::Port& port, std::uint32_t address) {
        interface.open(network_, port);
        require(network_.add(interface).has_value(), "adding an interface");
        interface.set_address({.address = Ipv4Address::from_number(address), .prefix = 24, .gateway = {}});
    }

    std::size_t write(exo::net::TcpStream& stream, std::size_t octets) {
        return stream.write({buffer_, octets}).value_or(0);
    }
    std::size_t read(exo::net::TcpStream& stream, std::size_t octets) {
        (void)network_.poll();
        const std::size_t came = stream.read({buffer_, octets});
        bytes_ += came;
        return came;
    }

    exo::net::Network network_;
    exo::net::Interface interfaces_[2];
    exo::net::TcpStack stack_;
    exo::net::TcpListener listener_;
    exo::net::TcpStream streams_[2];
    exo::net::TcpStream &client_, &other_; // the same one when there is one
    std::uint64_t bytes_ = 0;
    std::byte buffer_[stream_piece] = {};
};

} // namespace

bool run_stack_tcp_suite(exo::net::Port& client, exo::net::Port* other, const StackSuite& how) {
    static StackTcpLane lane(how.request.part);
    static NetworkSuite<StackTcpLane> suite(lane, how.request);
    lane.open(client, other, how);
    return suite.run();
}

} // namespace bench::network
