// The store as a program that is its own library OS: its own NIC, and nothing else. Arguments: options.hpp. It polls
// while there is something to do and for a while after, and sleeps in the NIC's port then. On several vcores:
// vcores.hpp.
#include "libos-kv/machine/metrics_links.hpp"
#include "libos-kv/machine/options.hpp"
#include "libos-kv/machine/tcp_links.hpp"
#include "libos-kv/machine/vcore_memory.hpp"
#include "libos-kv/machine/vcores.hpp"
#include "libos-kv/machine/volume.hpp"
#include "libos/memory/frame_allocator.hpp"
#include "libos/net/configure.hpp"
#include "libos/net/lend_frames.hpp"
#include "libos/start/native.hpp"
#include "libos/thread/thread.hpp"
#include "libos/time/clock.hpp"
#include "libos/trace/send.hpp"
#include "libos/trace/trace.hpp"

namespace exo::kv {

void out_of_memory(std::size_t bytes) {
    log_line({{"kv: no memory is left for "}, decimal(bytes), {" octets; maxmemory is too high for this machine"}});
    exit_environment(71); // EX_OSERR of sysexits
}

namespace {

constexpr int status_usage = 64;

net::Network network;
net::TcpStack stack;
net::LentMemory lent[net::interfaces_max];
bool stopping;
int stop_status;

// Of one of the vcores: each has its share of the memory.
Surroundings make_surroundings(const StartInfo& start) {
    Surroundings surroundings;
    surroundings.realtime_us = [] { return realtime_ns() / 1000; };
    surroundings.monotonic_us = [] { return monotonic_ns() / 1000; };
    surroundings.seed = start.seed[0] ^ start.seed[3];
    for (std::uint64_t run = 0; run < start.frame_run_count; run++)
        surroundings.memory_bytes += start.frame_runs[run].count * page_bytes;
    surroundings.memory_bytes /= start.vcore_count;
    surroundings.busy_us = [] { return cycles_to_ns(Vcores::busy_cycles()) / 1000; };
    surroundings.lent_octets = net::TcpStack::lent_octets;
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

// The journal's, with what begins and ends in the trace.
std::int64_t turn_of(Recorder& recorder) {
    const bool was_writing = recorder.log().is_writing();
    const std::int64_t pause_ms = recorder.turn();
    const bool is_writing = recorder.log().is_writing();
    if (was_writing && !is_writing)
        trace_mark("durable", recorder.log().position());
    if (is_writing && !was_writing)
        trace_mark("commit", recorder.log().position());
    return pause_ms;
}

// `metrics`: null when nobody is to ask for them.
void serve(Server& server, TcpLinks<Server>& links, MetricsLinks* metrics) {
    std::uint64_t tick_at = 0;
    unsigned idle = 0;
    while (!stopping) {
        const std::uint64_t began = tsc();
        const bool moved = network.poll() != 0;
        if (began >= tick_at)
            tick_at = began + ms_to_cycles(server.tick());
        std::uint64_t turn_at = tick_at;
        if (server.recorder)
            turn_at = began + ms_to_cycles(turn_of(*server.recorder));
        const bool told = metrics && metrics->serve();
        const bool served = links.serve() || told; // last, so that nothing is left to be sent when it sleeps
        if (moved || served)
            Vcores::count_busy(0, tsc() - began);
        idle = moved || served || turn_at == began ? 0 : idle + 1;
        if (idle < idle_polls_max || network.interfaces().size() != 1)
            continue;
        const std::uint64_t due = earlier(network.deadline(), metrics ? metrics->deadline() : 0);
        const TraceSpan span("sleep");
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

// On several vcores: this one has the connections, the first shard and the disk. `metrics`: as above; `keeping`: null
// without a disk.
void serve(Front& front, Shard& own, TcpLinks<Front>& links, MetricsLinks* metrics, Keeping* keeping) {
    constexpr std::int64_t waits_ms = 10; // until the end of waiting on another vcore is looked for
    std::uint64_t tick_at = 0;
    unsigned idle = 0;
    while (!stopping) {
        const std::uint64_t began = tsc();
        bool moved = network.poll() != 0;
        if (began >= tick_at) {
            const std::int64_t front_ms = front.server.tick(), own_ms = own.server.tick();
            tick_at = began + ms_to_cycles(front_ms < own_ms ? front_ms : own_ms);
        }
        moved |= links.serve();
        moved |= metrics && metrics->serve();
        front.flush();
        moved |= own.poll();
        moved |= front.poll();
        std::uint64_t turn_at = tick_at;
        if (keeping) {
            turn_at = began + ms_to_cycles(turn_of(*own.server.recorder));
            moved |= keeping->writer().poll();
        }
        if (moved)
            Vcores::count_busy(0, tsc() - began);
        const bool is_writing = keeping && (turn_at == began || keeping->writer().is_active());
        idle = moved || is_writing || front.is_expecting() ? 0 : idle + 1;
        if (idle < idle_polls_max || network.interfaces().size() != 1)
            continue;
        const std::uint64_t soon = began + ms_to_cycles(waits_ms);
        const std::uint64_t next = turn_at < tick_at ? turn_at : tick_at;
        const std::uint64_t due = front.has_blocked() && soon < next ? soon : next;
        const std::uint64_t links_due = earlier(network.deadline(), metrics ? metrics->deadline() : 0);
        const TraceSpan span("sleep");
        network.interfaces()[0]->port().sleep(earlier(links_due, due));
        idle = 0;
    }
    // The last replies leave.
    const std::uint64_t end = tsc() + ns_to_cycles(200'000'000);
    while (tsc() < end) {
        network.poll();
        if (keeping) {
            (void)own.turn();
            (void)keeping->writer().poll();
        }
        front.poll();
        links.serve();
    }
}

int cannot_listen(std::uint16_t port, net::Problem problem) {
    log_line({{"kv: cannot listen at port "}, decimal(port), {": "}, {net::problem_text(problem)}});
    return 1;
}

int cannot_begin(const char* what, const Text& problem) {
    log_line({{"kv: "}, {what}, {problem.data()}});
    return 1;
}

int cannot_keep(const Text& problem) {
    return cannot_begin("keys cannot be kept: ", problem);
}

int not_all_is_kept() {
    log_line({{"kv: the disk failed: not all that was changed is on it"}});
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

void configure(Config& config, const Options& options) {
    config.port = options.port;
    config.password.assign(options.password);
    config.announced_address.assign(options.announced_address);
    config.announced_port = options.announced_port;
    if (options.max_memory >= 0)
        config.max_memory = options.max_memory;
}

int run_shared(const StartInfo& start, const Options& options) {
    if (start.vcore_count > shards_max) {
        log_line({{"kv: a store runs on at most 64 vcores"}});
        return status_usage;
    }
    static const Surroundings surroundings = make_surroundings(start);
    Vcores vcores(start, surroundings);
    Front* front = make<Front>(surroundings, vcores.rings(), Vcores::wake);
    configure(front->server.config, options);
    Keeping* keeping = nullptr;
    unsigned written_by = 0;
    if (has_disk(start)) {
        Journals* journals = nullptr;
        if (const Text problem = open_journals(start, vcores.count(), journals); !problem.empty())
            return cannot_keep(problem);
        written_by = journals->count();
        keeping = make<Keeping>(*journals, vcores.make_lines(), options.durability);
    }
    if (const Text problem = vcores.open(front->server.config.max_memory, keeping); !problem.empty())
        return keeping ? cannot_keep(problem) : cannot_begin("", problem);
    if (keeping) {
        front->server.config.durability = options.durability;
        say_what_is_kept(keeping->recovered(), options.durability, written_by, vcores.count());
    }
    auto* links = make<TcpLinks<Front>>(*front);
    if (const auto opened = links->open(stack, options.port); !opened)
        return cannot_listen(options.port, opened.error());
    MetricsLinks* metrics = options.metrics_port ? make<MetricsLinks>(*front) : nullptr;
    if (metrics)
        if (const auto opened = metrics->open(stack, options.metrics_port); !opened)
            return cannot_listen(options.metrics_port, opened.error());
    front->server.serving_us = monotonic_ns() / 1000;
    announce(options, front->server.serving_us);
    serve(*front, Vcores::own(), *links, metrics, keeping);
    return keeping && !keeping->close() ? not_all_is_kept() : stop_status;
}

int run_alone(const StartInfo& start, const Options& options) {
    Server* server = make<Server>(make_surroundings(start));
    configure(server->config, options);
    Volume* volume = nullptr;
    if (has_disk(start))
        if (const Text problem = Volume::open(start, *server, options.durability, volume); !problem.empty())
            return cannot_keep(problem);
    auto* links = make<TcpLinks<Server>>(*server);
    if (const auto opened = links->open(stack, options.port); !opened)
        return cannot_listen(options.port, opened.error());
    MetricsLinks* metrics = options.metrics_port ? make<MetricsLinks>(*server) : nullptr;
    if (metrics)
        if (const auto opened = metrics->open(stack, options.metrics_port); !opened)
            return cannot_listen(options.metrics_port, opened.error());
    for (std::size_t index = 0; index < network.interfaces().size(); index++)
        net::lend_frames(network.interfaces()[index]->port(), lent[index]);
    server->serving_us = monotonic_ns() / 1000;
    announce(options, server->serving_us);
    serve(*server, *links, metrics);
    return volume && !volume->close() ? not_all_is_kept() : stop_status;
}

} // namespace

} // namespace exo::kv

int exo_main(const exo::StartInfo& start) {
    using namespace exo;
    set_thread_fs_base(kv::make_vcore_memory(start));
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
    const int status = start.vcore_count == 1 ? kv::run_alone(start, options) : kv::run_shared(start, options);
    return trace_send() || status != 0 ? status : 1;
}
