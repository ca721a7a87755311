// Opens the two NICs of the machine and runs every case on them, one line each. Arguments: "split",
// no packed rings; "count", only count instructions; "taps", the cases of taps.cpp instead, on three NICs.
#include "libos/net/open_port.hpp"
#include "tests/network/check.hpp"
#include "tests/network/taps.hpp"

#include <string_view>

namespace network_tests {

namespace {

unsigned failures; // of the running case

template <std::size_t Count>
unsigned run_all(const Case (&cases)[Count], Wire& wire) {
    unsigned failed = 0;
    for (const Case& one : cases) {
        failures = 0;
        one.run(wire);
        exo::log_line({{failures ? "FAILED " : "ok "}, {one.name}});
        failed += failures != 0;
    }
    return failed;
}

} // namespace

bool check(bool holds, const char* what, const char* file, unsigned line) {
    if (!holds && ++failures <= 5)
        exo::log_line({{file}, {":"}, exo::decimal(line), {": does not hold: "}, {what}});
    return holds;
}

} // namespace network_tests

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
        return wire && run_all(tap_cases, *wire) == 0 ? 0 : 1;
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
    const unsigned failed = run_all(traffic_cases, wire) + run_all(kernel_cases, wire);
    return failed ? 1 : 0;
}
