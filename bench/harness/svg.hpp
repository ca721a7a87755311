// Draws a result as a stand-alone SVG: one horizontal bar a row for ours / peer on a
// logarithmic axis, whiskers from the least to the greatest ratio, and the goal as a
// line. Rows without a ratio are named with their value. table.hpp prints the same.
#pragma once

#include "bench/harness/results.hpp"

namespace bench {

std::string to_svg(const BenchResult& result);

} // namespace bench
