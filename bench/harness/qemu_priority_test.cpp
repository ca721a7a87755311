// That the priority of a main loop stays with it.
#include "bench/harness/qemu_priority.hpp"

#include <doctest/doctest.h>
#include <thread>

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

// Ends with 0 if a thread that this one starts has no real-time priority, though this one has.
[[noreturn]] void play_qemu(int go_on) {
    prctl(PR_SET_NAME, "qemu-system-double");
    char octet;
    const bool raised = read(go_on, &octet, 1) == 1 && sched_getscheduler(0) != SCHED_OTHER;
    int policy = -1;
    std::thread([&] { policy = sched_getscheduler(0); }).join();
    _exit(raised && policy == SCHED_OTHER ? 0 : 1);
}

} // namespace

TEST_CASE("threads that a QEMU starts later do not inherit its main loop's priority") {
    int pipe_ends[2];
    REQUIRE(pipe(pipe_ends) == 0);
    const pid_t child = fork();
    if (child == 0)
        play_qemu(pipe_ends[0]);
    std::optional<bool> raised;
    for (int look = 0; look < 1000 && !raised; look++, usleep(1000))
        raised = bench::raise_main_loop(child);
    CHECK(raised.has_value());
    CHECK(write(pipe_ends[1], "", 1) == 1);
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    // Where the host does not permit it there is nothing to inherit.
    CHECK((status == 0 || raised == false));
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}
