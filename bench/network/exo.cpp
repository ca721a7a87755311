// The network bench on the exokernel: a native program with a network of libos/net on each of two NICs, which it owns
// or, with `flows`, shares by flows; one vcore polls both ends.
#include "bench/exo/kernel_entries.hpp"
#include "bench/exo/program.hpp"
#include "bench/network/handler_lane.hpp"
#include "bench/network/stack_lane.hpp"
#include "libos/net/open_port.hpp"

namespace network = bench::network;

namespace {

bool run(exo::net::Port& client, exo::net::Port& other, const exo::StartInfo& start, const network::Request& request) {
    if (request.subject == "handler") {
        const std::span<const exo::StartFlow> flows(start.flows, start.flow_count);
        std::size_t own = 0; // flows of the client's NIC, which come first
        while (own < flows.size() && flows[own].nic == flows.front().nic)
            ++own;
        bench::require(own < flows.size(), "finding flows of two NICs");
        return network::run_handler_suite(client, other, flows.subspan(own), request);
    }
    network::StackSuite suite{request, {}, bench::kernel_entries};
    std::copy_n(start.seed, suite.seed.size(), suite.seed.begin());
    return request.subject == "tcp" ? network::run_stack_tcp_suite(client, other, suite)
                                    : network::run_stack_suite(client, other, suite);
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
    exo::net::OpenedPort ports[2];
    bench::require(exo::net::open_ports(ports, wishes) == 2, "finding two NICs");
    for (const exo::net::OpenedPort& opened : ports)
        if (opened.port == nullptr)
            bench::give_up("opening a NIC", opened.problem);
    bench::require_kernel_entries_count();
    if (run(*ports[0].port, *ports[1].port, start, request))
        return 0;
    bench::print("network: a packet did not come back\n");
    return 1;
}
