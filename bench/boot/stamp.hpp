// The boot bench's whole program: the TSC as the first act of `main`, then a ROW line.
// The value counts from reset; the harness subtracts the firmware's share.
#pragma once

#include "bench/primitives/sampling.hpp"

#include <cstdio>

namespace bench {

inline void report_entry(std::uint64_t tsc) {
    char buffer[row_bytes_max];
    const std::string_view line = format_row(buffer, "entry_to_main", "cycles", tsc * 1000);
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
}

} // namespace bench
