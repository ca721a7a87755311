// The load of the web bench: the machine beside the one that serves. What it prints: README.md.
// arguments: --smoke
#include "bench/load/load.hpp"
#include "bench/exo/program.hpp"
#include "bench/primitives/sampling.hpp"
#include "libos/net/configure.hpp"

#include <algorithm>

namespace {

namespace load = bench::load;

struct Size {
    std::uint32_t octets; // the document's name, too
    std::uint32_t requests;
    std::string_view row;
};
constexpr Size sizes[] = {
    {100, 20'000, "get_100"}, {1000, 20'000, "get_1000"}, {10'000, 5'000, "get_10000"}, {100'000, 1'000, "get_100000"}};

exo::net::Network network;
exo::net::TcpStack stack;
load::Load the_load;

void row(std::string_view name, std::string_view what, std::uint64_t thousandths) {
    char text[32], line[bench::row_bytes_max];
    std::size_t length = name.copy(text, sizeof text);
    length += what.copy(text + length, sizeof text - length);
    bench::print(bench::format_row(line, {text, length}, "cycles", thousandths));
}

void measure(const Size& size, bool smoke) {
    // Several of each connection: the first ones end together.
    const std::uint32_t requests =
        smoke ? std::max<std::uint32_t>(size.requests / 20, 4 * load::clients_max) : size.requests;
    const load::Outcome outcome =
        the_load.run({.first_key = size.octets, .warm_up = requests / 8, .requests = requests});
    row(size.row, "", outcome.millicycles);
    row(size.row, "_p99", outcome.p99 * 1000);
}

} // namespace

int exo_main(const exo::StartInfo& start) {
    const bool smoke = bench::program_argument(start, 1) == "--smoke";
    bench::require(smoke || start.argument_count == 1, "reading the arguments");
    if (const int status = exo::net::configure(start, network))
        return status;
    bench::require(stack.open(network).has_value(), "opening TCP");
    the_load.open(network, stack, load::http, load::clients_max);
    for (const Size& size : sizes)
        measure(size, smoke);
    the_load.note_segments_again();
    return 0;
}
