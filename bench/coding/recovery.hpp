// How long a store takes to open after a crash.
#pragma once

#include <cstdint>

namespace coding_bench {

struct Recovery {
    double seconds = 0;
    std::uint64_t log_bytes = 0, batches = 0, pages = 0; // played back
};

// With at least that much log. Seconds below 0: something went wrong.
Recovery measure_recovery(std::uint64_t log_bytes);

} // namespace coding_bench
