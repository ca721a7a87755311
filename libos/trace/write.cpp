// The rings as one JSON document of Chrome's trace-event format ("JSON object format", times in microseconds).
#include "libos/memory/bytes.hpp"
#include "libos/time/clock.hpp"
#include "libos/trace/ring.hpp"
#include "libos/trace/trace.hpp"

#include <algorithm>

namespace exo {

namespace {

// Collects text and hands it on in pieces.
class Writer {
public:
    Writer(TraceSink sink, void* context) : sink_(sink), context_(context) {}

    Writer& text(const char* text) {
        for (; *text; ++text)
            put(*text);
        return *this;
    }
    // A string inside quotes.
    Writer& quoted(const char* text) {
        put('"');
        for (; *text; ++text) {
            if (*text == '"' || *text == '\\')
                put('\\');
            put(static_cast<unsigned char>(*text) < ' ' ? ' ' : *text);
        }
        put('"');
        return *this;
    }
    Writer& number(std::uint64_t number) {
        char digits[20];
        std::size_t first = sizeof digits;
        do {
            digits[--first] = static_cast<char>('0' + number % 10);
            number /= 10;
        } while (number);
        while (first < sizeof digits)
            put(digits[first++]);
        return *this;
    }
    // Nanoseconds as microseconds with three places.
    Writer& microseconds(std::uint64_t ns) {
        number(ns / 1000);
        const std::uint64_t rest = ns % 1000;
        put('.');
        put(static_cast<char>('0' + rest / 100));
        put(static_cast<char>('0' + rest / 10 % 10));
        put(static_cast<char>('0' + rest % 10));
        return *this;
    }
    bool finish() {
        flush();
        return ok_;
    }

private:
    void put(char character) {
        if (used_ == sizeof buffer_)
            flush();
        buffer_[used_++] = character;
    }
    void flush() {
        ok_ = ok_ && (used_ == 0 || sink_(context_, buffer_, used_));
        used_ = 0;
    }

    TraceSink sink_;
    void* context_;
    char buffer_[2048];
    std::size_t used_ = 0;
    bool ok_ = true;
};

} // namespace

bool trace_write(TraceSink sink, void* context) {
    Writer out(sink, context);
    const std::uint64_t origin = clock_rates().origin_tsc;
    std::uint64_t lost = 0;
    bool first = true;
    out.text("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
    for (std::size_t vcore = 0; vcore < trace_ring_count; ++vcore) {
        const TraceRing& ring = trace_rings[vcore];
        const std::uint64_t end =
            __atomic_load_n(&ring.written, __ATOMIC_ACQUIRE); // pairs with the release in trace_record
        const std::uint64_t begin = end > trace_records_per_vcore ? end - trace_records_per_vcore : 0;
        lost += begin;
        for (std::uint64_t i = begin; i < end; ++i) {
            const TraceRecord& record = ring.records[i % trace_records_per_vcore];
            const char phase[] = {record.phase, 0};
            out.text(first ? "\n" : ",\n").text("{\"ph\":").quoted(phase).text(",\"name\":").quoted(record.name);
            out.text(",\"ts\":")
                .microseconds(cycles_to_ns(record.tsc - origin))
                .text(",\"pid\":1,\"tid\":")
                .number(record.thread);
            if (record.phase == 'i')
                out.text(",\"s\":\"t\"");
            out.text(",\"args\":{\"vcore\":").number(vcore).text(",\"value\":").number(record.argument).text("}}");
            first = false;
        }
    }
    out.text("\n],\"otherData\":{\"records lost\":").number(lost).text("}}\n");
    return out.finish();
}

} // namespace exo
