// The invariants of frame map and tables, checked by looking at everything. Slow and simple on purpose:
// shares no walk with the code under test.
#pragma once

#include "secure-bindings/mapping/mapping.hpp"

#include <optional>
#include <string>

namespace exo::test {

// What is wrong, in words; nothing when the books are in order. `kernel_word` is what the kernel's half of every
// processor root must hold.
std::optional<std::string> books_problem(const FrameMap& frames, std::uint64_t kernel_word);

} // namespace exo::test
