// Interrupting a vcore from another one, so that it looks at the signals of the thread it runs; and knowing that it
// did.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::hpc {

// False when no event could be made for that vcore.
bool draw_attention(std::size_t vcore);
// How often a vcore has looked. What it saw then includes all that was written before it was called upon.
std::uint64_t attention_count(std::size_t vcore);

} // namespace exo::hpc
