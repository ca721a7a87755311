// Recording. Each vcore has its ring; a thread that moves between reading its vcore and writing the record would share
// a ring for one moment, so the few instructions are masked.
#include "libos/trace/trace.hpp"

#include "libos/memory/heap.hpp"
#include "libos/start/kit.hpp"
#include "libos/thread/thread.hpp"
#include "libos/time/clock.hpp"
#include "libos/trace/ring.hpp"
#include "libos/upcall/mask.hpp"
#include "libos/upcall/vcore.hpp"

namespace exo {

bool trace_on = false;
TraceRing* trace_rings = nullptr;
std::size_t trace_ring_count = 0;

void open_trace(std::size_t vcores, bool on) {
    if (!on)
        return;
    trace_rings = static_cast<TraceRing*>(heap_allocate(vcores * sizeof(TraceRing)));
    if (!trace_rings)
        return;
    for (std::size_t i = 0; i < vcores; ++i) {
        trace_rings[i].written = 0;
    }
    trace_ring_count = vcores;
    trace_on = true;
}

void trace_record(char phase, const char* name, std::uint64_t argument) {
    MaskGuard mask;
    const Vcore& vcore = this_vcore();
    TraceRing& ring = trace_rings[vcore.index];
    TraceRecord& record = ring.records[ring.written % trace_records_per_vcore];
    record = {tsc(), name, argument, static_cast<std::uint32_t>(vcore.thread ? vcore.thread->id() : 0), phase};
    __atomic_store_n(&ring.written, ring.written + 1, __ATOMIC_RELEASE); // pairs with the acquire in trace_write
}

namespace {

struct Missing {
    const char* group;
    std::uint64_t number;
};
SpinLock missing_lock;
Missing missing[missing_max];
std::size_t missing_count;

} // namespace

void trace_missing(const char* group, std::uint64_t number) {
    if (!trace_on)
        return;
    {
        SpinGuard guard(missing_lock);
        for (std::size_t i = 0; i < missing_count; ++i) {
            if (missing[i].group == group && missing[i].number == number)
                return;
        }
        if (missing_count == missing_max)
            return;
        missing[missing_count++] = {group, number};
    }
    trace_mark(group, number);
    log_line({{"exo: not there: "}, {group}, {" "}, decimal(number)});
}

} // namespace exo
