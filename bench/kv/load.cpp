// The load of the kv bench: the machine beside the one that serves. What it prints: README.md.
// arguments: redis|memcached, and then linux (whose processor's time bench/linux/serve.cpp tells, else INFO does),
// memory (nothing but what a key takes), boot (nothing but the first connection), recovered (nothing but how long
// the store took to have the keys of its disk), always (SET alone, of a store that keeps what it acknowledges on a
// disk), vcores (GET alone, of a store on two vcores: keys of the one that has the connections, and of the other),
// --smoke, --count
#include "bench/load/load.hpp"
#include "bench/exo/program.hpp"
#include "bench/kv/control.hpp"
#include "bench/load/meter.hpp"
#include "bench/load/text.hpp"
#include "bench/primitives/sampling.hpp"
#include "libos-kv/shard/route.hpp"
#include "libos/net/configure.hpp"
#include "libos/start/kit.hpp"
#include "libos/time/clock.hpp"

namespace {

namespace load = bench::load;
using load::Work;

struct Wishes {
    const load::Dialect* dialect = nullptr;
    bool on_linux = false, memory = false, boot = false, recovered = false, always = false, vcores = false,
         smoke = false, count = false;

    bool take(std::string_view word) {
        if (word == "redis" || word == "memcached")
            dialect = word == "redis" ? &load::redis : &load::memcached;
        else if (word == "linux")
            on_linux = true;
        else if (word == "memory")
            memory = true;
        else if (word == "boot")
            boot = true;
        else if (word == "recovered")
            recovered = true;
        else if (word == "always")
            always = true;
        else if (word == "vcores")
            vcores = true;
        else if (word == "--smoke")
            smoke = true;
        else if (word == "--count")
            count = true;
        else
            return false;
        return true;
    }
};

constexpr std::uint32_t keys = 100'000, keys_smoke = 5'000; // that requests ask for
constexpr unsigned vcores = 2;
constexpr std::uint32_t keys_for_memory = 500'000, keys_for_memory_smoke = 20'000;

exo::net::Network network;
exo::net::TcpStack stack;
load::Load the_load;
bench::kv::Control control;

// Of the server's processor, in cycles while instructions are counted: from reset where the server is on Linux, else
// since it serves.
std::uint64_t busy(const Wishes& wishes) {
    if (wishes.on_linux)
        return load::busy_cycles_of_linux(network);
    // Microseconds; while instructions are counted a nanosecond is one.
    return control.info("INFO cpu", "used_cpu_user:") * 1000;
}

// Large values lie behind the others, few enough that a store without memory to speak of has them.
constexpr std::uint32_t large_keys = 256;

std::uint32_t all_keys(const Wishes& wishes) {
    return wishes.smoke ? keys_smoke : keys;
}

// Of one kind of work and one depth of pipelines.
struct Measure {
    std::string_view name; // what its rows' names begin with
    Work work;
    unsigned pipeline;
    const Wishes& wishes;
    std::span<const std::uint32_t> among = {}; // keys; empty: any

    load::Phase phase() const {
        // About as long at every depth; a disk takes its time.
        const std::uint32_t batches = wishes.smoke ? 1'000 : wishes.count ? 4'000 : wishes.always ? 4'000 : 20'000;
        const bool is_large = work == Work::get_large;
        const std::uint32_t requests = is_large ? batches / 4 : pipeline == 1 ? batches : batches * 4;
        const std::uint32_t all = among.empty() ? all_keys(wishes) : static_cast<std::uint32_t>(among.size());
        return {.work = work,
                .pipeline = pipeline,
                .first_key = is_large ? keys : 0,
                .keys = is_large ? large_keys : all,
                .among = among,
                .warm_up = requests / 8,
                .requests = requests};
    }

    void row(std::string_view what, std::uint64_t thousandths) const {
        char text[32], line[bench::row_bytes_max];
        std::size_t size = name.copy(text, sizeof text);
        size += what.copy(text + size, sizeof text - size);
        bench::print(bench::format_row(line, {text, size}, "cycles", thousandths));
    }

    std::uint64_t busy() const { return ::busy(wishes); }

    void take() const {
        if (wishes.count) {
            const std::uint64_t before = busy();
            const load::Outcome outcome = the_load.run(phase());
            row("", (busy() - before) * 1000 / outcome.all_requests);
            return;
        }
        const load::Outcome outcome = the_load.run(phase());
        row("", outcome.millicycles);
        row("_p50", outcome.p50 * 1000);
        row("_p99", outcome.p99 * 1000);
    }
};

// Stores each of so many keys once.
void fill(std::uint32_t count) {
    the_load.run(
        {.work = Work::set, .pipeline = load::pipeline_max, .keys = count, .in_order = true, .requests = count});
}

// The server has accepted the first connection: what that has taken since the machine, or its kernel, began.
void report_boot(const Wishes& wishes) {
    const std::uint64_t before = wishes.on_linux ? 0 : control.info("INFO server", "serving_after_usec:") * 1000;
    char line[bench::row_bytes_max];
    bench::print(bench::format_row(line, "kv_connected", "instructions", (before + busy(wishes)) * 1000));
}

void report_recovery() {
    const std::uint64_t count = control.info("INFO persistence", "recovered_keys:");
    const std::uint64_t ms = control.info("INFO persistence", "recovery_ms:");
    bench::require(count != 0 && control.info("DBSIZE", ":") == count, "finding the keys of the disk");
    char line[bench::row_bytes_max];
    bench::print(bench::format_row(line, "recovery", "cycles", exo::ns_to_cycles(ms * 1'000'000) * 1000 / count));
    exo::log_line({{"NOTE "}, exo::decimal(count), {" keys were recovered"}});
}

void measure_memory(std::uint32_t count) {
    fill(keys_smoke); // buffers of connections are there then
    control.ask("FLUSHALL");
    while (control.info("INFO memory", "lazyfree_pending_objects:") != 0) {
        // What was there counts until it is freed.
    }
    const std::uint64_t before = control.info("INFO memory", "used_memory:");
    fill(count);
    const std::uint64_t after = control.info("INFO memory", "used_memory:");
    bench::require(control.info("DBSIZE", ":") == count, "finding every key there once");
    char line[bench::row_bytes_max];
    bench::print(bench::format_row(line, "memory_per_key", "bytes", (after - before) * 1000 / count));
}

// A value that begins with the key's text, and zeros behind it.
void fill_large() {
    for (std::uint32_t key = keys; key < keys + large_keys; ++key) {
        std::array<char, load::key_octets> text;
        load::write_key(key, text);
        const std::string_view name(text.data(), text.size());
        char line[96];
        load::Text set(line), stretch(line);
        set.add("SET ").add(name).add(" ").add(name);
        control.ask({line, set.size()});
        stretch.add("SETRANGE ").add(name).add(" 16383 -");
        control.ask({line, stretch.size()});
    }
}

void measure(const Wishes& wishes) {
    Measure{"get_1", Work::get, 1, wishes}.take();
    Measure{"get_32", Work::get, 32, wishes}.take();
    Measure{"set_1", Work::set, 1, wishes}.take();
    Measure{"set_32", Work::set, 32, wishes}.take();
    if (wishes.dialect == &load::redis) {
        fill_large();
        Measure{"get_16k", Work::get_large, 1, wishes}.take();
    }
}

void measure_always(const Wishes& wishes) {
    bench::require(control.info("INFO persistence", "aof_enabled:") == 1, "finding a store that has a journal");
    Measure{"set_always", Work::set, 1, wishes}.take();
    Measure{"set_always_32", Work::set, 32, wishes}.take();
}

// The keys of one of the store's vcores.
std::span<const std::uint32_t> keys_of(unsigned vcore, const Wishes& wishes, std::array<std::uint32_t, keys>& into) {
    std::size_t count = 0;
    for (std::uint32_t key = 0; key < all_keys(wishes); ++key) {
        std::array<char, load::key_octets> text;
        load::write_key(key, text);
        if (exo::kv::shard_of({text.data(), text.size()}, vcores) == vcore)
            into[count++] = key;
    }
    return std::span(into).first(count);
}

void measure_vcores(const Wishes& wishes) {
    static std::array<std::uint32_t, keys> own, other;
    const auto of_own = keys_of(0, wishes, own), of_other = keys_of(1, wishes, other);
    Measure{"vcores_get_own_1", Work::get, 1, wishes, of_own}.take();
    Measure{"vcores_get_own_32", Work::get, 32, wishes, of_own}.take();
    Measure{"vcores_get_other_1", Work::get, 1, wishes, of_other}.take();
    Measure{"vcores_get_other_32", Work::get, 32, wishes, of_other}.take();
}

} // namespace

int exo_main(const exo::StartInfo& start) {
    Wishes wishes;
    for (std::uint32_t i = 1; i < start.argument_count; ++i)
        bench::require(wishes.take(bench::program_argument(start, i)), "reading the arguments");
    bench::require(wishes.dialect != nullptr, "reading the arguments");
    if (const int status = exo::net::configure(start, network))
        return status;
    bench::require(stack.open(network).has_value(), "opening TCP");
    the_load.open(network, stack, *wishes.dialect, wishes.boot || wishes.recovered ? 1 : load::clients_max);
    if (wishes.dialect == &load::redis)
        control.open(network, stack);
    if (wishes.boot) {
        report_boot(wishes);
        return 0;
    }
    if (wishes.recovered) {
        report_recovery();
        return 0;
    }
    if (wishes.memory) {
        measure_memory(wishes.smoke ? keys_for_memory_smoke : keys_for_memory);
        return 0;
    }
    fill(all_keys(wishes));
    if (wishes.always)
        measure_always(wishes);
    else if (wishes.vcores)
        measure_vcores(wishes);
    else
        measure(wishes);
    the_load.note_segments_again();
    return 0;
}
