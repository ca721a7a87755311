// CPU time of the program and its threads, from the kit's accounting.
#pragma once

#include <cstdint>

namespace exo::hpc {

struct Task;

void open_accounting();
std::uint64_t task_cpu_ns(const Task& task);
std::uint64_t thread_cpu_ns();  // of the calling thread
std::uint64_t process_cpu_ns(); // of all threads there were

} // namespace exo::hpc
