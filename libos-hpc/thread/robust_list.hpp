// Robust mutexes (get_robust_list(2)): when a thread ends, those it still holds are marked and their waiters woken.
#pragma once

#include "libos-hpc/thread/task.hpp"

namespace exo::hpc {

void abandon_robust_list(Task& task);

} // namespace exo::hpc
