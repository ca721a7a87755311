// The one entry into the harness: what `exo bench` and the stand-alone exo-bench call.
#pragma once

#include <span>
#include <string>

namespace bench {

// Runs the named benches (all of them when none is named) from the repository's root.
// 0 when every one was measured, whatever was found; otherwise a sentence on stderr
// and 1, or 2 when the arguments make no sense. `arguments` excludes the program's name.
int bench_main(std::span<const std::string> arguments);

} // namespace bench
