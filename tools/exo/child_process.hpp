// A child process that dies with us: started with chosen descriptors, watched through a pid descriptor.
// Used for QEMU; test suites, which need less, use suite_process.hpp.
#pragma once

#include "tools/exo/outcome.hpp"

#include <csignal>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

namespace exo::tool {

class ChildProcess {
public:
    // The child inherits `descriptors` under the same numbers, reads nothing, and its stdout and stderr are messages().
    static Outcome<ChildProcess> start(const std::vector<std::string>& command, std::span<const int> descriptors,
                                       const sigset_t& signal_mask);
    // Ends the child if it still runs, and waits for it.
    ~ChildProcess();
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&&) = delete;

    // Readable in the sense of poll(2) once the child has ended.
    int descriptor() const { return pid_descriptor_; }
    int messages() const { return messages_; }
    bool ended() const { return ended_; }
    int wait_status() const { return wait_status_; }

    // Takes the status of a child that has ended; does nothing while it runs.
    void collect();
    void kill();

private:
    ChildProcess(pid_t pid, int pid_descriptor, int messages)
        : pid_(pid), pid_descriptor_(pid_descriptor), messages_(messages) {}

    pid_t pid_;
    int pid_descriptor_;
    int messages_;
    int wait_status_ = 0;
    bool ended_ = false;
};

} // namespace exo::tool
