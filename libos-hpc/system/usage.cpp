// Interface: usage.hpp.
#include "libos-hpc/system/usage.hpp"

#include "libos-hpc/thread/task.hpp"
#include "libos/thread/scheduler.hpp"
#include "libos/time/clock.hpp"

namespace exo::hpc {

namespace {

// What the kit had counted for the first thread before the program began.
std::uint64_t before_program;

} // namespace

void open_accounting() {
    scheduler().account(true);
    before_program = this_thread().run_cycles();
}

std::uint64_t task_cpu_ns(const Task& task) {
    return cycles_to_ns(task.thread->run_cycles() - (task.id == process_id ? before_program : 0));
}

std::uint64_t thread_cpu_ns() {
    return task_cpu_ns(current_task());
}

std::uint64_t process_cpu_ns() {
    std::uint64_t cycles = tasks().ended_cycles() - before_program;
    tasks().for_each([&](Task& task) {
        cycles += task.thread->run_cycles();
        return true;
    });
    return cycles_to_ns(cycles);
}

} // namespace exo::hpc
