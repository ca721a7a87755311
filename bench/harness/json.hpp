// Writes a result as the one JSON object that build/bench/NAME.json holds. A number
// that was not measured is null. Not a general JSON library.
#pragma once

#include "bench/harness/results.hpp"

namespace bench {

std::string json_string(std::string_view text);       // quoted and escaped
std::string json_number(std::optional<double> value); // shortest exact form, or null
std::string to_json(const BenchResult& result);

} // namespace bench
