// See vcores.hpp.
#include "libos-kv/machine/vcores.hpp"

#include "libos-kv/machine/vcore_memory.hpp"
#include "libos/memory/heap.hpp"
#include "libos/thread/thread.hpp"
#include "libos/time/clock.hpp"
#include "libos/trace/trace.hpp"

namespace exo::kv {

namespace {

// What a shard's thread is told at its start, and what others need to know of it.
struct alignas(64) Place {
    Rings* rings = nullptr;
    Shard* shard = nullptr;
    Thread* thread = nullptr;
    unsigned number = 0;
    std::atomic<std::uint64_t> busy_cycles{0};
};

Place places[shards_max];

// Until then, or until the front says something.
void sleep(Ring& requests, std::uint64_t until) {
    if (requests.may_sleep()) {
        const TraceSpan span("sleep");
        (void)thread_park(until);
    }
    requests.wake_up();
}

std::uint64_t run_shard(void* argument) {
    Place& place = *static_cast<Place*>(argument); // Safe: given with this function.
    Shard* shard = place.shard;
    shard->set_log_pause({[](void*) { __builtin_ia32_pause(); }});
    std::uint64_t tick_at = 0;
    for (unsigned idle = 0;;) {
        const std::uint64_t began = tsc();
        if (began >= tick_at)
            tick_at = began + ms_to_cycles(shard->server.tick());
        const std::uint64_t turn_at = began + ms_to_cycles(shard->turn());
        if (shard->poll()) {
            Vcores::count_busy(place.number, tsc() - began);
            idle = 0;
        } else if (turn_at == began) {
            idle = 0; // the journal is at work
        } else if (++idle == idle_polls_max) {
            sleep(place.rings->requests, turn_at < tick_at ? turn_at : tick_at);
            idle = 0;
        }
    }
}

} // namespace

Vcores::Vcores(const StartInfo& start, const Surroundings& surroundings) : start_(start), surroundings_(surroundings) {
    const auto shards = static_cast<unsigned>(start.vcore_count);
    for (unsigned shard = 0; shard < shards; shard++) {
        places[shard].number = shard;
        places[shard].rings = heap_new<Rings>();
        if (!places[shard].rings)
            out_of_memory(sizeof(Rings));
    }
}

Array<Rings*> Vcores::rings() const {
    Array<Rings*> rings;
    for (unsigned shard = 0; shard < start_.vcore_count; shard++)
        rings.push(places[shard].rings);
    return rings;
}

Array<LogLine*> Vcores::make_lines() const {
    Array<LogLine*> lines;
    for (unsigned shard = 0; shard < start_.vcore_count; shard++) {
        auto* line = heap_new<LogLine>();
        if (!line)
            out_of_memory(sizeof(LogLine));
        lines.push(line);
    }
    return lines;
}

void Vcores::wake(unsigned shard) {
    if (Thread* thread = places[shard].thread)
        thread->unpark();
}

// With the variables of that vcore. On its own: nothing that a compiler knows of variables is true on both sides.
[[gnu::noinline]] Text Vcores::bring_up(unsigned number, std::int64_t total_memory, Keeping* keeping) {
    Shard* shard = make<Shard>(surroundings_, number, static_cast<unsigned>(start_.vcore_count), total_memory,
                               *places[number].rings);
    places[number].shard = shard;
    return keeping ? keeping->attach(number, *shard) : Text();
}

bool Vcores::start_thread(unsigned number, std::uint64_t memory) {
    ThreadSpec spec;
    spec.entry = run_shard;
    spec.argument = &places[number];
    spec.affinity = AffinityMask{1} << number;
    spec.fs_base = memory;
    const auto thread = Thread::create(spec);
    if (thread)
        places[number].thread = *thread;
    return thread.has_value();
}

Text Vcores::open(std::int64_t total_memory, Keeping* keeping) {
    constexpr std::string_view no_memory = "no memory is left for another vcore";
    std::uint64_t memories[shards_max] = {thread_fs_base()};
    for (unsigned shard = 0; shard < start_.vcore_count; shard++) {
        if (shard != 0)
            memories[shard] = make_vcore_memory(start_);
        if (memories[shard] == 0)
            return sentence({no_memory});
        set_thread_fs_base(memories[shard]);
        Text problem = bring_up(shard, total_memory, keeping);
        set_thread_fs_base(memories[0]);
        if (!problem.empty())
            return problem;
    }
    if (Text problem = keeping ? keeping->finish() : Text(); !problem.empty())
        return problem;
    for (unsigned shard = 1; shard < start_.vcore_count; shard++)
        if (!start_thread(shard, memories[shard]))
            return sentence({no_memory});
    return {};
}

Shard& Vcores::own() {
    return *places[0].shard;
}

void Vcores::count_busy(unsigned vcore, std::uint64_t cycles) {
    std::atomic<std::uint64_t>& count = places[vcore].busy_cycles; // written by that vcore alone
    count.store(count.load(std::memory_order_relaxed) + cycles, std::memory_order_relaxed);
}

std::uint64_t Vcores::busy_cycles() {
    std::uint64_t cycles = 0;
    for (const Place& place : places)
        cycles += place.busy_cycles.load(std::memory_order_relaxed);
    return cycles;
}

} // namespace exo::kv
