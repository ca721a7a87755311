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
    const Surroundings* surroundings = nullptr;
    Rings* rings = nullptr;
    Thread* thread = nullptr;
    std::int64_t total_memory = 0;
    unsigned number = 0, shards = 0;
    std::atomic<bool> is_there{false};
    std::atomic<std::uint64_t> busy_cycles{0};
};

Place places[shards_max];

// Until `tick_at`, or until the front says something.
void sleep(Ring& requests, std::uint64_t tick_at) {
    if (requests.may_sleep()) {
        const TraceSpan span("sleep");
        (void)thread_park(tick_at);
    }
    requests.wake_up();
}

std::uint64_t run_shard(void* argument) {
    Place& place = *static_cast<Place*>(argument); // Safe: given with this function.
    Shard* shard = make<Shard>(*place.surroundings, place.shards, place.total_memory, *place.rings);
    place.is_there.store(true, std::memory_order_release); // the shard of the next vcore may be made
    std::uint64_t tick_at = 0;
    for (unsigned idle = 0;;) {
        const std::uint64_t began = tsc();
        if (began >= tick_at)
            tick_at = began + ns_to_cycles(static_cast<std::uint64_t>(shard->server.tick()) * 1'000'000);
        if (shard->poll()) {
            Vcores::count_busy(place.number, tsc() - began);
            idle = 0;
        } else if (++idle == idle_polls_max) {
            sleep(place.rings->requests, tick_at);
            idle = 0;
        }
    }
}

} // namespace

Vcores::Vcores(const StartInfo& start, const Surroundings& surroundings) : start_(start), surroundings_(surroundings) {
    const auto shards = static_cast<unsigned>(start.vcore_count);
    for (unsigned shard = 0; shard < shards; shard++) {
        places[shard].surroundings = &surroundings;
        places[shard].number = shard;
        places[shard].shards = shards;
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

void Vcores::wake(unsigned shard) {
    if (Thread* thread = places[shard].thread)
        thread->unpark();
}

const char* Vcores::open(std::int64_t total_memory) {
    own_ = make<Shard>(surroundings_, static_cast<unsigned>(start_.vcore_count), total_memory, *places[0].rings);
    for (unsigned shard = 1; shard < start_.vcore_count; shard++) {
        Place& place = places[shard];
        place.total_memory = total_memory;
        ThreadSpec spec;
        spec.entry = run_shard;
        spec.argument = &place;
        spec.affinity = AffinityMask{1} << shard;
        spec.fs_base = make_vcore_memory(start_);
        const auto thread = spec.fs_base ? Thread::create(spec) : std::unexpected(Error::TableFull);
        if (!thread)
            return "no memory is left for another vcore";
        place.thread = *thread;
        while (!place.is_there.load(std::memory_order_acquire))
            thread_yield();
    }
    return nullptr;
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
