// Event tracing: each vcore writes fixed-size records into a ring of its own, without locks or calls; `trace_write`
// turns them into Chrome's trace-event JSON, which Perfetto and chrome://tracing open. Off, an event costs one load and
// one branch. Names are string constants of the image.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo {

inline constexpr std::size_t trace_records_per_vcore = 16384; // the oldest are lost, and counted

extern bool trace_on;
void open_trace(std::size_t vcores, bool on);

void trace_record(char phase, const char* name, std::uint64_t argument);
inline void trace_begin(const char* name, std::uint64_t argument = 0) {
    if (trace_on)
        trace_record('B', name, argument);
}
inline void trace_end(const char* name) {
    if (trace_on)
        trace_record('E', name, 0);
}
inline void trace_mark(const char* name, std::uint64_t argument = 0) {
    if (trace_on)
        trace_record('i', name, argument);
}

class TraceSpan {
public:
    explicit TraceSpan(const char* name, std::uint64_t argument = 0) : name_(name) { trace_begin(name, argument); }
    ~TraceSpan() { trace_end(name_); }
    TraceSpan(const TraceSpan&) = delete;
    TraceSpan& operator=(const TraceSpan&) = delete;

private:
    const char* name_;
};

// Something was asked for that is not there: `group` and `number` are recorded, and written out, once each.
inline constexpr std::size_t missing_max = 256;
void trace_missing(const char* group, std::uint64_t number);

// Writes everything recorded so far as one JSON document, in pieces. Returns false when the sink did.
using TraceSink = bool (*)(void* context, const char* text, std::size_t bytes);
bool trace_write(TraceSink sink, void* context);

} // namespace exo
