// The network bench on the exokernel: a native program with a network of libos/net on each of two NICs, which it owns
// or, with `flows`, shares by flows; one vcore polls both ends.
#include "bench/exo/kernel_entries.hpp"
#include "bench/exo/program.hpp"
#include "bench/network/handler_lane.hpp"
#include "bench/network/stack_lane.hpp"
#include "libos/net/open_port.hpp"

namespace network = bench::network;

namespace {

// The flows of one NIC and one address, of which there are two a NIC, as a port.
exo::net::Port& open_address(const exo::StartInfo& start, std::size_t index) {
    constexpr std::size_t of_an_address = 2; // ARP and IPv4
    bench::require(start.flow_count >= (index + 1) * of_an_address, "finding flows of three addresses");
    const auto opened = exo::net::open_flows({start.flows + index * of_an_address, of_an_address});
    if (opened.port == nullptr)
        bench::give_up("opening flows", opened.problem);
    return *opened.port;
}

// Of the client's NIC, then the other end's and its neighbour's, who share the other NIC.
bool run_flooded(const exo::StartInfo& start, const network::Request& request) {
    network::StackSuite suite{request, {}, nullptr};
    std::copy_n(start.seed, suite.seed.size(), suite.seed.begin());
    exo::net::Port& client = open_address(start, 0);
    exo::net::Port& other = open_address(start, 1);
    return network::run_stack_flood_suite(client, other, open_address(start, 2), suite);
}

// `other` is null in one of two machines.
bool run(exo::net::Port& client, exo::net::Port* other, const exo::StartInfo& start, const network::Request& request) {
    if (request.subject == "handler" && other != nullptr) {
        const std::span<const exo::StartFlow> flows(start.flows, start.flow_count);
        std::size_t own = 0; // flows of the client's NIC, which come first
        while (own < flows.size() && flows[own].nic == flows.front().nic)
            ++own;
        bench::require(own < flows.size(), "finding flows of two NICs");
        return network::run_handler_suite(client, *other, flows.subspan(own), request);
    }
    network::StackSuite suite{request, {}, bench::kernel_entries};
    std::copy_n(start.seed, suite.seed.size(), suite.seed.begin());
    return request.subject == "tcp" ? network::run_stack_tcp_suite(client, other, suite)
                                    : network::run_stack_suite(client, other, suite);
}

int end_of(bool came_back) {
    if (!came_back)
        bench::print("network: a packet did not come back\n");
    return came_back ? 0 : 1;
}

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
    if (request.subject == "flooded")
        return end_of(run_flooded(start, request));
    exo::net::OpenedPort ports[2];
    const std::size_t count = request.part == network::Part::both ? 2 : 1;
    const std::span wanted(ports, count);
    bench::require(exo::net::open_ports(wanted, wishes) == count, "finding the NICs");
    for (const exo::net::OpenedPort& opened : wanted)
        if (opened.port == nullptr)
            bench::give_up("opening a NIC", opened.problem);
    bench::require_kernel_entries_count();
    return end_of(run(*ports[0].port, ports[1].port, start, request));
}
