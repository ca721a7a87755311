// The filter bench: what the kernel's own objects for flows and filters execute, on a machine that has nothing else.
// The time-stamp counter advances by one for each instruction there (exo bench, the counting pass), so a row is the
// difference of two readings, less that of two readings with nothing between them.
#include "bench/exo/program.hpp"
#include "bench/network/filter/programs.hpp"
#include "bench/network/floor/machine.hpp"
#include "bench/primitives/sampling.hpp"
#include "secure-bindings/filter/interpreter.hpp"
#include "secure-bindings/filter/jit.hpp"
#include "secure-bindings/filter/verifier.hpp"
#include "secure-bindings/flow/flow_book.hpp"

#include <cstring>

using namespace bench;

namespace bench {

void give_up(const char* step, const char*) {
    print("filter: ");
    print(step);
    print(" failed\n");
    floor::end_machine(false);
}

} // namespace bench

namespace {

using namespace exo;

// Never inlined, so that all are called alike.
template <typename Work>
[[gnu::noinline]] std::uint64_t stamps(Work& work) {
    const std::uint64_t begin = read_tsc();
    work();
    return read_tsc() - begin;
}

template <typename Work>
std::uint64_t count(Work&& work) {
    auto nothing = [] {};
    return stamps(work) - stamps(nothing);
}

void row(std::string_view name, std::uint64_t instructions) {
    char buffer[row_bytes_max];
    print(format_row(buffer, name, "instructions", instructions * 1000));
}

constexpr std::uint32_t own_address = 0x0a00'0001, far_address = 0xc0a8'0709;
constexpr std::uint64_t secret = 0x9e37'79b9'7f4a'7c15;

std::uint16_t port_of(std::size_t flow) {
    return static_cast<std::uint16_t>(1024 + 37 * flow);
}

// The most that finding any of `flows` flows takes, each a port of one address.
std::uint64_t lookup_of(std::size_t flows) {
    constexpr std::size_t records = 1200;
    std::byte* const memory = bench::floor::take_pages(flow_book_octets(records));
    require(memory != nullptr, "taking memory");
    static FlowBook book;
    book = {};
    book.open(lay_out_flow_book(memory, records, secret));
    const FlowNumber root = required(book.add_nic(0, records - 100), "making a root");
    FlowSpec spec = every_packet(0);
    spec.ether_type = ether_type_ipv4;
    spec.local_address = own_address;
    spec.local_prefix = 32;
    spec.protocol = ip_protocol_udp;
    static FlowNumber numbers[records];
    for (std::size_t i = 0; i < flows; ++i) {
        spec.local_port = spec.local_port_end = port_of(i);
        numbers[i] = required(book.narrow(root, spec), "making a flow");
    }
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < flows; ++i) {
        const FlowKey key{.local_address = own_address,
                          .remote_address = far_address,
                          .local_port = port_of(i),
                          .remote_port = 5000,
                          .ether_type = ether_type_ipv4,
                          .protocol = ip_protocol_udp,
                          .kind = FlowKind::Udp};
        FlowNumber found = no_flow;
        most = std::max(most, count([&] { found = book.lookup(0, key); }));
        require(found == numbers[i], "finding a flow");
    }
    return most;
}

std::uint64_t no_helper(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {
    return 0;
}
constexpr exo::filter::HelperTable helpers = {no_helper, no_helper, no_helper, no_helper};

exo::filter::Verifier verifier;
exo::filter::JitWork jit_work;
alignas(64) unsigned char datagram[64];

void run_filter() {
    datagram[12] = 0x08;
    datagram[14] = 0x45;
    datagram[23] = 17;
    datagram[36] = 4000 >> 8;
    datagram[37] = 4000 & 0xff;
    using exo::filter::Verifier;
    auto progress = verifier.start(bench::filter::udp_port_filter, {FilterKind::Filter, 0});
    while (progress == Verifier::Progress::Working)
        progress = verifier.advance(128);
    require(progress == Verifier::Progress::Accepted, "verifying the filter");
    FilterContext context{datagram, datagram + sizeof datagram, nullptr, sizeof datagram, 0};
    std::uint64_t result = 0, steps = 0;
    (void)exo::filter::interpret_counted(verifier.verified(), context, helpers, steps);
    require(steps == bench::filter::filter_instructions, "running all of the filter");
    const std::uint64_t interpreted =
        count([&] { result = exo::filter::interpret(verifier.verified(), context, helpers); });
    require(result == 1, "accepting the datagram");

    const std::size_t bytes = exo::filter::jit_bytes_max(bench::filter::filter_instructions);
    const std::span<std::byte> memory(bench::floor::take_pages(bytes), bytes);
    const auto code = exo::filter::compile(verifier.verified(), helpers,
                                           {memory, reinterpret_cast<std::uint64_t>(memory.data()), secret}, jit_work);
    require(code.has_value(), "compiling the filter");
    // Safe: code that was just made, in memory that is executable here.
    const auto compiled = reinterpret_cast<exo::filter::Compiled>(memory.data() + code->entry);
    result = 0;
    const std::uint64_t run = count([&] { result = compiled(&context); });
    require(result == 1, "accepting the datagram");
    row("filter_interpreted", interpreted);
    row("filter_compiled", run);
    char buffer[row_bytes_max];
    print(format_row(buffer, "filter_compiled_part", "ratio", run * 1000 / interpreted));
}

// The longest of the pieces in which a verification is done, and of its beginning.
void run_verifier() {
    using exo::filter::Verifier;
    constexpr std::uint32_t instructions_per_call = 128; // as the kernel asks for
    static std::array<FilterInstruction, filter_instructions_max> program;
    std::uint64_t longest = 0, start = 0, all = 0, calls_most = 0;
    for (const bench::filter::Hard kind : bench::filter::hard_kinds) {
        const std::size_t length = bench::filter::make_hard(kind, program);
        auto progress = Verifier::Progress::Working;
        start = std::max(start, count([&] {
                             progress = verifier.start(std::span(program).first(length), {FilterKind::Filter, 0});
                         }));
        std::uint64_t calls = 0, sum = 0;
        for (; progress == Verifier::Progress::Working; ++calls) {
            const std::uint64_t piece = count([&] { progress = verifier.advance(instructions_per_call); });
            longest = std::max(longest, piece);
            sum += piece;
        }
        all = std::max(all, sum);
        calls_most = std::max(calls_most, calls);
    }
    row("verify_begin", start);
    row("verify_call", longest);
    row("verify_all", all);
    char buffer[row_bytes_max];
    print(format_row(buffer, "verify_calls", "count", calls_most * 1000));
}

std::uint64_t copy_of(std::size_t octets) {
    static std::byte from[2048], to[2048];
    return count([&] { std::memcpy(to, from, octets); });
}

} // namespace

extern "C" [[noreturn]] void floor_main(std::uint64_t) {
    row("lookup_1", lookup_of(1));
    row("lookup_10", lookup_of(10));
    row("lookup_100", lookup_of(100));
    row("lookup_1000", lookup_of(1000));
    run_filter();
    run_verifier();
    row("copy_64", copy_of(106)); // with the headers before 64 octets of payload
    row("copy_1400", copy_of(1442));
    bench::floor::end_machine(true);
}
