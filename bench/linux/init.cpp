// /init of the peer's guest: mounts what programs look at, loads the modules that were put in, runs the one program
// named after "--" on the kernel command line, reports its status and ends QEMU.
// Deliberately no shell and no service: nothing else runs beside a measurement.
#include "bench/linux/guest_machine.hpp"

#include <climits>
#include <cstring>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace {

void mount_kernel_files() {
    mount("proc", "/proc", "proc", 0, nullptr);
    mount("sysfs", "/sys", "sysfs", 0, nullptr);
    mount("devtmpfs", "/dev", "devtmpfs", 0, nullptr);
}

// /modules/list names them in order, one a line; a guest without modules has none.
bool load_modules() {
    std::FILE* const list = std::fopen("/modules/list", "r");
    if (list == nullptr)
        return true;
    char path[PATH_MAX];
    bool done = true;
    while (done && std::fgets(path, sizeof path, list) != nullptr) {
        path[std::strcspn(path, "\n")] = '\0';
        const int module = open(path, O_RDONLY | O_CLOEXEC);
        done = module >= 0 && syscall(SYS_finit_module, module, "", 0) == 0;
        if (!done)
            std::perror(path);
        close(module);
    }
    std::fclose(list);
    return done;
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
    if (!load_modules())
        bench::linux_peer::end_machine(124);
    bench::linux_peer::end_machine(count > 1 ? run(arguments + 1) : 125);
}
