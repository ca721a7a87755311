// A vcore's ring of records: written by that vcore alone, read when the trace is written out. Internal to libos/trace.
#pragma once

#include "libos/trace/trace.hpp"

namespace exo {

struct TraceRecord {
    std::uint64_t tsc;
    const char* name;
    std::uint64_t argument;
    std::uint32_t thread;
    char phase; // as in the trace-event format: B begin, E end, i instant
};

struct TraceRing {
    std::uint64_t written; // ever; record i is at i % trace_records_per_vcore
    TraceRecord records[trace_records_per_vcore];
};

extern TraceRing* trace_rings;
extern std::size_t trace_ring_count;

} // namespace exo
