// /init of the peer's guest: mounts what programs look at, runs the one program
// named after "--" on the kernel command line, reports its status and ends QEMU.
// Deliberately no shell and no service: nothing else runs beside a measurement.
#include "bench/linux/guest_machine.hpp"

#include <sys/mount.h>
#include <sys/wait.h>

namespace {

void mount_kernel_files() {
    mount("proc", "/proc", "proc", 0, nullptr);
    mount("sysfs", "/sys", "sysfs", 0, nullptr);
    mount("devtmpfs", "/dev", "devtmpfs", 0, nullptr);
}

int run(char** program) {
    const pid_t child = fork();
    if (child == 0) {
        execv(program[0], program);
        std::perror(program[0]);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 126;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

int main(int count, char** arguments) {
    mount_kernel_files();
    bench::linux_peer::end_machine(count > 1 ? run(arguments + 1) : 125);
}
