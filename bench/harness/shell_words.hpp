// Splits a printed command line into its words: blanks separate, single and double
// quotes and backslashes protect. No expansion of any kind.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bench {

// Nothing when a quote is left open.
std::vector<std::string> split_shell_words(std::string_view line);

} // namespace bench
