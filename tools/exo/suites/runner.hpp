// `exo test`: runs every suite of tests/suites.txt and counts. What a suite tests is its own business.
#pragma once

#include <span>
#include <string>

namespace exo::tool {

// The words after `exo test`. Gives 0 when every case passed, 1 when one failed, 2 for a mistake on the command line.
int test_main(std::span<const std::string> words);

} // namespace exo::tool
