// The table of a bench with more peers than fit beside each other: a line a peer, and what each is held to.
#pragma once

#include "bench/harness/results.hpp"

#include <string>

namespace bench {

inline constexpr std::size_t columns_max = 120;

std::string tall_table(const BenchResult& result);

// The median with the least and greatest; "-" when there is none.
std::string spread(const std::optional<Summary>& summary);

// The text in lines of at most columns_max, the first indented by two, the others by four.
std::string wrapped(std::string_view text);

} // namespace bench
