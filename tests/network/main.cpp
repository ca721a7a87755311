// Opens the two NICs of the machine and runs every case on them, one line each. Arguments: "split",
// no packed rings; "count", only count instructions; "taps", the cases of taps.cpp instead, on three NICs.
#include "libos/net/open_port.hpp"
#include "tests/network/check.hpp"
#include "tests/network/taps.hpp"

#include <string_view>

int exo_main(const exo::StartInfo& start) {
    using namespace network_tests;
    exo::net::PortWishes wishes;
    bool only_count = false, taps = false;
    for (std::uint32_t index = 1; index < start.argument_count; ++index) {
        const std::string_view argument = exo::start_list_string(start.arguments_offset, index);
        if (argument == "split")
            wishes.packed = false;
        else if (argument == "count")
            only_count = true;
        else if (argument == "taps")
            taps = true;
    }
    if (taps) {
        std::optional<Wire> wire = open_taps(start, wishes);
        return wire && lab::run_cases(tap_cases, *wire) == 0 ? 0 : 1;
    }
    exo::net::OpenedPort ports[2];
    const std::size_t count = exo::net::open_ports(ports, wishes);
    if (count != 2 || !ports[0].port || !ports[1].port) {
        exo::log_line({{"FAILED two ports: "}, exo::decimal(count), {" NICs"}});
        for (const exo::net::OpenedPort& opened : ports)
            if (opened.problem)
                exo::log_line({{opened.problem}});
        return 1;
    }
    Wire wire{*ports[0].port, *ports[1].port};
    if (only_count) {
        count_instructions(wire);
        return 0;
    }
    const unsigned failed = lab::run_cases(traffic_cases, wire) + lab::run_cases(kernel_cases, wire);
    return failed ? 1 : 0;
}
