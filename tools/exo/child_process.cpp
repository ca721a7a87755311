// fork and exec by hand, because the parent-death signal and the process group must be set between the two.
#include "tools/exo/child_process.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <format>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace exo::tool {

namespace {

constexpr int exec_failed_status = 127;

[[noreturn]] void become(char* const* words, std::span<const int> descriptors, const sigset_t& mask, int messages,
                         pid_t parent) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
        ::_exit(exec_failed_status); // the parent ended before the line above
    ::signal(SIGPIPE, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(messages, STDOUT_FILENO);
    ::dup2(messages, STDERR_FILENO);
    for (const int descriptor : descriptors)
        ::fcntl(descriptor, F_SETFD, 0);
    ::execvp(words[0], words);
    ::dprintf(STDERR_FILENO, "cannot start %s: %s\n", words[0], std::strerror(errno));
    ::_exit(exec_failed_status);
}

} // namespace

Outcome<ChildProcess> ChildProcess::start(const std::vector<std::string>& command, std::span<const int> descriptors,
                                          const sigset_t& signal_mask) {
    int messages[2];
    if (::pipe2(messages, O_CLOEXEC) != 0)
        return failed(std::format("cannot make a pipe: {}", std::strerror(errno)));
    std::vector<char*> words;
    for (const std::string& word : command)
        words.push_back(const_cast<char*>(word.c_str())); // Safe: exec does not write to its arguments.
    words.push_back(nullptr);

    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0)
        become(words.data(), descriptors, signal_mask, messages[1], parent);
    ::close(messages[1]);
    if (pid < 0) {
        ::close(messages[0]);
        return failed(std::format("cannot start a process: {}", std::strerror(errno)));
    }
    const int pid_descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    return ChildProcess(pid, pid_descriptor, messages[0]);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(other.pid_), pid_descriptor_(other.pid_descriptor_), messages_(other.messages_),
      wait_status_(other.wait_status_), ended_(other.ended_) {
    other.pid_descriptor_ = -1;
    other.messages_ = -1;
    other.ended_ = true;
}

ChildProcess::~ChildProcess() {
    if (!ended_) {
        kill();
        ::waitpid(pid_, &wait_status_, 0);
    }
    for (const int descriptor : {pid_descriptor_, messages_})
        if (descriptor >= 0)
            ::close(descriptor);
}

void ChildProcess::collect() {
    if (!ended_ && ::waitpid(pid_, &wait_status_, WNOHANG) == pid_)
        ended_ = true;
}

void ChildProcess::kill() {
    if (!ended_)
        ::kill(pid_, SIGKILL);
}

} // namespace exo::tool
