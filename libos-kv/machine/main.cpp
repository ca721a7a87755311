// The store as a program that is its own library OS: one vcore, its own NIC, and nothing else. Arguments: options.hpp.
// It polls while there is something to do and for a while after, and sleeps in the NIC's port then.
#include "libos-kv/machine/metrics_links.hpp"
#include "libos-kv/machine/options.hpp"
#include "libos-kv/machine/tcp_links.hpp"
#include "libos-kv/machine/volume.hpp"
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
constexpr unsigned idle_polls_max = 2000; // before it sleeps

net::Network network;
net::TcpStack stack;
bool stopping;
int stop_status;
std::uint64_t busy_cycles; // of the turns in which there was something to do

Surroundings make_surroundings(const StartInfo& start) {
    Surroundings surroundings;
    surroundings.realtime_us = [] { return realtime_ns() / 1000; };
    surroundings.monotonic_us = [] { return monotonic_ns() / 1000; };
    surroundings.seed = start.seed[0] ^ start.seed[3];
    for (std::uint64_t run = 0; run < start.frame_run_count; run++)
        surroundings.memory_bytes += start.frame_runs[run].count * page_bytes;
    surroundings.busy_us = [] { return cycles_to_ns(busy_cycles) / 1000; };
    surroundings.stop = [](int status) {
        stopping = true;
        stop_status = status;
    };
    return surroundings;
}

// Of deadlines, of which 0 is none.
std::uint64_t earlier(std::uint64_t one, std::uint64_t other) {
    return one && (!other || one < other) ? one : other;
}

// `metrics`: null when nobody is to ask for them.
void serve(Server& server, TcpLinks& links, MetricsLinks* metrics) {
    std::uint64_t tick_at = 0;
    unsigned idle = 0;
    while (!stopping) {
        const std::uint64_t began = tsc();
        const bool moved = network.poll() != 0;
        if (began >= tick_at)
            tick_at = began + ns_to_cycles(static_cast<std::uint64_t>(server.tick()) * 1'000'000);
        std::uint64_t turn_at = tick_at;
        if (server.recorder)
            turn_at = began + ns_to_cycles(static_cast<std::uint64_t>(server.recorder->turn()) * 1'000'000);
        const bool told = metrics && metrics->serve();
        const bool served = links.serve() || told; // last, so that nothing is left to be sent when it sleeps
        if (moved || served)
            busy_cycles += tsc() - began;
        idle = moved || served || turn_at == began ? 0 : idle + 1;
        if (idle < idle_polls_max || network.interfaces().size() != 1)
            continue;
        const std::uint64_t due = earlier(network.deadline(), metrics ? metrics->deadline() : 0);
        network.interfaces()[0]->port().sleep(earlier(due, turn_at < tick_at ? turn_at : tick_at));
        idle = 0;
    }
    // The last replies leave.
    const std::uint64_t end = tsc() + ns_to_cycles(200'000'000);
    while (tsc() < end) {
        network.poll();
        if (server.recorder)
            (void)server.recorder->turn();
        links.serve();
    }
}

int cannot_listen(std::uint16_t port, net::Problem problem) {
    log_line({{"kv: cannot listen at port "}, decimal(port), {": "}, {net::problem_text(problem)}});
    return 1;
}

// Where it serves, as clients see it, and how long that took.
void announce(const Options& options, std::uint64_t serving_us) {
    char text[net::address_text_max];
    net::format_address(network.interfaces()[0]->address(), text);
    const LogPiece took[] = {{", "}, decimal(serving_us), {" us after the kernel's first instruction"}};
    if (options.announced_port) // the address is the beginning of the word "ADDRESS:PORT"
        log_line({{"kv: serving at "}, {options.announced_address.data()}, took[0], took[1], took[2]});
    else
        log_line({{"kv: serving at "}, {text}, {":"}, decimal(options.port), took[0], took[1], took[2]});
}

} // namespace

} // namespace exo::kv

int exo_main(const exo::StartInfo& start) {
    using namespace exo;
    kv::Options options;
    if (const char* problem = kv::read_options(start, options)) {
        log_line({{"kv: "}, {problem}});
        return kv::status_usage;
    }
    if (const int status = net::configure(start, kv::network))
        return status;
    if (const auto opened = kv::stack.open(kv::network); !opened) {
        log_line({{"kv: no TCP: "}, {net::problem_text(opened.error())}});
        return 1;
    }
    kv::Server* server = kv::make<kv::Server>(kv::make_surroundings(start));
    kv::Config& config = server->config;
    config.port = options.port;
    config.password.assign(options.password);
    config.announced_address.assign(options.announced_address);
    config.announced_port = options.announced_port;
    if (options.max_memory >= 0)
        config.max_memory = options.max_memory;
    kv::Volume* volume = nullptr;
    if (kv::has_disk(start))
        if (const char* problem = kv::Volume::open(start, *server, options.durability, volume)) {
            log_line({{"kv: keys cannot be kept: "}, {problem}});
            return 1;
        }
    kv::TcpLinks* links = kv::make<kv::TcpLinks>(*server);
    if (const auto opened = links->open(kv::stack, options.port); !opened)
        return kv::cannot_listen(options.port, opened.error());
    kv::MetricsLinks* metrics = options.metrics_port ? kv::make<kv::MetricsLinks>(*server) : nullptr;
    if (metrics)
        if (const auto opened = metrics->open(kv::stack, options.metrics_port); !opened)
            return kv::cannot_listen(options.metrics_port, opened.error());
    server->serving_us = monotonic_ns() / 1000;
    kv::announce(options, server->serving_us);
    kv::serve(*server, *links, metrics);
    if (volume && !volume->close()) {
        log_line({{"kv: the disk failed: not all that was changed is on it"}});
        return 1;
    }
    return kv::stop_status;
}
