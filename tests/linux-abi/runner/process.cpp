// fork, redirect, exec, wait with a bound; see process.hpp.
#include "tests/linux-abi/runner/process.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <format>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace exo::linux_abi {

namespace {

constexpr int status_cannot_start = 127;
constexpr auto poll_interval = std::chrono::milliseconds(2);

void redirect(const char* path, int flags, int descriptor) {
    const int file = ::open(path, flags, 0644);
    if (file < 0 || ::dup2(file, descriptor) < 0)
        ::_exit(status_cannot_start);
}

void keep_processors(unsigned count) {
    cpu_set_t allowed;
    cpu_set_t chosen;
    CPU_ZERO(&chosen);
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return;
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE && count > 0; ++cpu) {
        if (CPU_ISSET(cpu, &allowed)) {
            CPU_SET(cpu, &chosen);
            --count;
        }
    }
    ::sched_setaffinity(0, sizeof chosen, &chosen);
}

// They point into `words`, which must outlive them.
std::vector<char*> pointers_to(const std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (const std::string& word : words)
        pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(const Command& command, char** arguments, char** environment) {
    ::setpgid(0, 0);
    redirect("/dev/null", O_RDONLY, STDIN_FILENO);
    redirect(command.stdout_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
    redirect(command.stderr_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
    if (command.processors > 0)
        keep_processors(command.processors);
    if (!command.folder.empty() && ::chdir(command.folder.c_str()) != 0)
        ::_exit(status_cannot_start);
    ::execve(arguments[0], arguments, environment);
    ::_exit(status_cannot_start);
}

} // namespace

std::expected<int, std::string> run(const Command& command) {
    std::vector<char*> arguments = pointers_to(command.words);
    std::vector<char*> given;
    if (command.environment)
        given = pointers_to(*command.environment);
    char** environment = command.environment ? given.data() : environ;
    const pid_t child = ::fork();
    if (child < 0)
        return std::unexpected(std::format("cannot start a process: {}", std::strerror(errno)));
    if (child == 0)
        become(command, arguments.data(), environment);

    const auto deadline = std::chrono::steady_clock::now() + command.timeout;
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > deadline) {
            ::kill(-child, SIGKILL);
            ::waitpid(child, &status, 0); // bounded: a killed process ends
            return std::unexpected(std::format("did not end within {} s", command.timeout.count()));
        }
        std::this_thread::sleep_for(poll_interval);
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace exo::linux_abi
