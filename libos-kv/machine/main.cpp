// The store as a program that is its own library OS: one vcore, its own NIC, and nothing else. Arguments: --port P.
// It polls while there is something to do and for a while after, and sleeps in the NIC's port then.
#include "libos-kv/machine/tcp_links.hpp"
#include "libos/memory/frame_allocator.hpp"
#include "libos/net/configure.hpp"
#include "libos/start/native.hpp"
#include "libos/time/clock.hpp"

namespace exo::kv {

void out_of_memory(std::size_t bytes) {
    log_line({{"kv: no memory is left for "}, decimal(bytes), {" octets; maxmemory is too high for this machine"}});
    exit_environment(71); // EX_OSERR of sysexits
}

namespace {

constexpr int status_usage = 64;
constexpr std::uint16_t default_port = 6379;
constexpr unsigned idle_polls_max = 2000; // before it sleeps

net::Network network;
net::TcpStack stack;
bool stopping;
int stop_status;

bool read_port(const StartInfo& start, std::uint16_t& port) {
    port = default_port;
    for (std::uint32_t index = 1; index < start.argument_count; index += 2) {
        const std::string_view word = start_list_string(start.arguments_offset, index);
        const std::string_view value =
            index + 1 < start.argument_count ? start_list_string(start.arguments_offset, index + 1) : "";
        const auto number = parse_integer(value);
        if (word != "--port" || !number || *number < 1 || *number > 65535)
            return false;
        port = static_cast<std::uint16_t>(*number);
    }
    return true;
}

Surroundings make_surroundings(const StartInfo& start) {
    Surroundings surroundings;
    surroundings.realtime_us = [] { return realtime_ns() / 1000; };
    surroundings.monotonic_us = [] { return monotonic_ns() / 1000; };
    surroundings.seed = start.seed[0] ^ start.seed[3];
    for (std::uint64_t run = 0; run < start.frame_run_count; run++)
        surroundings.memory_bytes += start.frame_runs[run].count * page_bytes;
    surroundings.stop = [](int status) {
        stopping = true;
        stop_status = status;
    };
    return surroundings;
}

void serve(Server& server, TcpLinks& links) {
    std::uint64_t tick_at = 0;
    unsigned idle = 0;
    while (!stopping) {
        const bool moved = network.poll() != 0;
        const bool served = links.serve();
        const std::uint64_t now = tsc();
        if (now >= tick_at)
            tick_at = now + ns_to_cycles(static_cast<std::uint64_t>(server.tick()) * 1'000'000);
        idle = moved || served ? 0 : idle + 1;
        if (idle < idle_polls_max || network.interfaces().size() != 1)
            continue;
        const std::uint64_t due = network.deadline();
        network.interfaces()[0]->port().sleep(due && due < tick_at ? due : tick_at);
        idle = 0;
    }
    // The last replies leave.
    const std::uint64_t end = tsc() + ns_to_cycles(200'000'000);
    while (tsc() < end) {
        network.poll();
        links.serve();
    }
}

} // namespace

} // namespace exo::kv

int exo_main(const exo::StartInfo& start) {
    using namespace exo;
    std::uint16_t port;
    if (!kv::read_port(start, port)) {
        log_line({{"kv: the only option is --port with a number from 1 to 65535"}});
        return kv::status_usage;
    }
    if (const int status = net::configure(start, kv::network))
        return status;
    if (const auto opened = kv::stack.open(kv::network); !opened) {
        log_line({{"kv: no TCP: "}, {net::problem_text(opened.error())}});
        return 1;
    }
    kv::Server* server = kv::make<kv::Server>(kv::make_surroundings(start));
    server->config.port = port;
    kv::TcpLinks* links = kv::make<kv::TcpLinks>(*server);
    if (const auto opened = links->open(kv::stack, port); !opened) {
        log_line({{"kv: cannot listen at port "}, decimal(port), {": "}, {net::problem_text(opened.error())}});
        return 1;
    }
    char text[net::address_text_max];
    net::format_address(kv::network.interfaces()[0]->address(), text);
    log_line({{"kv: serving at "},
              {text},
              {", port "},
              decimal(port),
              {", "},
              decimal(monotonic_ns() / 1000),
              {" us after the kernel's first instruction"}});
    kv::serve(*server, *links);
    return kv::stop_status;
}
