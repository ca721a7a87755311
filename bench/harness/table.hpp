// Prints a result for a reader at a terminal. See svg.hpp for the plot of the same.
#pragma once

#include "bench/harness/results.hpp"

namespace bench {

std::string to_table(const BenchResult& result);

// A number for people: at most four significant digits, thousands kept whole.
std::string readable(std::optional<double> value);

} // namespace bench
