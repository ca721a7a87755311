// Runs one QEMU machine to its end: starts it, relays its streams, enforces the time limit, reports how it ended.
// Knows nothing of programs or archives; run.hpp puts those together.
#pragma once

#include "tools/exo/kernel_log.hpp"
#include "tools/exo/qemu_command.hpp"

#include <string>

namespace exo::tool {

enum class MachineEnd { ended, time_limit, interrupted, output_closed };

struct RunReport {
    MachineEnd end = MachineEnd::ended;
    int qemu_wait_status = 0; // as of waitpid(2)
    KernelLog kernel_log;
    KernelLog qemu_messages;
};

// Our ends of the streams, and the ends that QEMU inherits: a socket pair for the input, pipes for all that comes out.
class MachineStreams {
public:
    static Outcome<MachineStreams> create();
    ~MachineStreams();
    MachineStreams(MachineStreams&& other) noexcept;
    MachineStreams& operator=(MachineStreams&&) = delete;

    int ours(Stream stream) const { return ours_[static_cast<std::size_t>(stream)]; }
    const std::array<int, stream_count>& theirs() const { return theirs_; }
    // After QEMU has been started; from then on the end of QEMU is the end of every stream.
    void close_theirs();

private:
    MachineStreams();
    std::array<int, stream_count> ours_;
    std::array<int, stream_count> theirs_;
};

// Blocks until the machine has ended and its output is delivered. `command` must name the descriptors of `streams`;
// `trace_file` is where the trace goes, -1 for nowhere.
// Bounded by the time limit when one is given; SIGINT, SIGTERM and SIGHUP end the machine.
Outcome<RunReport> run_machine(const std::vector<std::string>& command, MachineStreams& streams, int trace_file,
                               const RunOptions& options);

} // namespace exo::tool
