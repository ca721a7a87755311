// See qemu_priority.hpp; proc(5), sched(7).
#include "bench/harness/qemu_priority.hpp"

#include <format>
#include <fstream>
#include <string>

#include <sched.h>

namespace bench {
namespace {

constexpr int priority = 10;

std::string name_of(pid_t process) {
    std::ifstream file(std::format("/proc/{}/comm", process));
    std::string name;
    std::getline(file, name);
    return name;
}

// 0 when there is none among the process and what it started.
pid_t find_qemu(pid_t process) {
    if (name_of(process).starts_with("qemu-system"))
        return process;
    std::ifstream children(std::format("/proc/{0}/task/{0}/children", process));
    for (pid_t child; children >> child;)
        if (const pid_t found = find_qemu(child); found != 0)
            return found;
    return 0;
}

} // namespace

std::optional<bool> raise_main_loop(pid_t ancestor) {
    const pid_t qemu = find_qemu(ancestor);
    if (qemu == 0)
        return std::nullopt;
    const sched_param parameters{.sched_priority = priority};
    // Of the thread of that number alone, and not of those that it starts: a core that inherited it would never let
    // the main loop run.
    return sched_setscheduler(qemu, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0;
}

} // namespace bench
