// Variables that each vcore has for itself (thread_local): the program's template of them, copied for one thread.
#pragma once

#include "libos/start/start_info.hpp"

namespace exo::kv {

// A copy, which stays; the base of FS for its thread (System V ABI for x86-64, "Thread-Local Storage": the variables
// end where FS points, and the word there points to itself). 0: there is no memory for it.
std::uint64_t make_vcore_memory(const StartInfo& start);

} // namespace exo::kv
