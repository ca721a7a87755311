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

using exo::net::Ipv4Address;

class StackTcpLane final {
public:
    static constexpr bool is_stream = true;

    void open(exo::net::Port& client, exo::net::Port& other, const exo::net::Seed& seed) {
        network_.open({.now_ticks = [](void*) { return exo::tsc(); }, .ticks_per_ms = exo::tsc_hz() / 1000}, seed);
        add(client_interface_, client, client_address);
        add(other_interface_, other, other_address);
        require(stack_.open(network_).has_value(), "opening TCP");
        const Ipv4Address own = Ipv4Address::from_number(client_address);
        const Ipv4Address remote = Ipv4Address::from_number(other_address);
        require(listener_.open(stack_, {remote, tcp_port}).has_value(), "listening");
        require(client_.connect(stack_, {remote, tcp_port}, {own, 0}).has_value(), "connecting");
        for (unsigned tries = 0; !listener_.is_ready() || client_.is_connecting(); ++tries) {
            require(tries < 100'000'000, "connecting");
            (void)network_.poll();
        }
        other_ = std::move(*listener_.accept());
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
    exo::net::Interface client_interface_, other_interface_;
    exo::net::TcpStack stack_;
    exo::net::TcpListener listener_;
    exo::net::TcpStream client_, other_;
    std::uint64_t bytes_ = 0;
    std::byte buffer_[stream_piece] = {};
};

} // namespace

bool run_stack_tcp_suite(exo::net::Port& client, exo::net::Port& other, const StackSuite& how) {
    static StackTcpLane lane;
    static NetworkSuite<StackTcpLane> suite(lane, how.request);
    lane.open(client, other, how.seed);
    return suite.run();
}

} // namespace bench::network
