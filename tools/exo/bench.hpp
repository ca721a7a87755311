// `exo bench`: hands over to the benchmark program, build/bin/exo-bench, which has its own options and help.
#pragma once

#include <span>
#include <string>

namespace exo::tool {

// Comes back only when the program cannot be started.
int bench_main(std::span<const std::string> words);

} // namespace exo::tool
