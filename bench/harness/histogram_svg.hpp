// Draws how often each time came as a stand-alone SVG: one strip a system, ours first, on a logarithmic axis of cycles
// common to all, with the median marked. What it draws are the HIST lines of all runs together (guest_output.hpp).
#pragma once

#include "bench/harness/results.hpp"

namespace bench {

// Nothing when the row has no histogram.
std::string to_histogram_svg(const BenchResult& result, const RowResult& row);

} // namespace bench
