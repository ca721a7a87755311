// One poll loop over the streams, the child process and the signals; every way out goes through the same end.
// The child is in a process group of its own, so that Ctrl-C reaches this process alone and it decides.
#include "tools/exo/machine.hpp"

#include "tools/exo/child_process.hpp"
#include "tools/exo/forward_queue.hpp"
#include "tools/exo/relay.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <format>
#include <optional>
#include <span>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace exo::tool {

namespace {

using Clock = std::chrono::steady_clock;

// After the machine has reported an exit status QEMU has this long to end by itself.
constexpr auto power_off_limit = std::chrono::seconds(10);
// After a run was cut short a reader has this long to take what is left.
constexpr auto delivery_limit = std::chrono::seconds(5);
constexpr int poll_interval_ms = 1000;

// Blocks the signals that end a run and reads them from a descriptor instead.
class EndSignals {
public:
    EndSignals() {
        sigset_t signals;
        ::sigemptyset(&signals);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP})
            ::sigaddset(&signals, signal);
        ::sigprocmask(SIG_BLOCK, &signals, &previous_);
        previous_pipe_ = ::signal(SIGPIPE, SIG_IGN);
        descriptor_ = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    }
    ~EndSignals() {
        ::close(descriptor_);
        ::signal(SIGPIPE, previous_pipe_);
        ::sigprocmask(SIG_SETMASK, &previous_, nullptr);
    }
    EndSignals(const EndSignals&) = delete;
    int descriptor() const { return descriptor_; }
    // The mask the child starts with: what was set before.
    const sigset_t& previous() const { return previous_; }
    // Takes the pending signal, so that it does not end us when the mask is lifted.
    void consume() const {
        signalfd_siginfo taken;
        [[maybe_unused]] const ssize_t count = ::read(descriptor_, &taken, sizeof taken);
    }

private:
    sigset_t previous_;
    sighandler_t previous_pipe_;
    int descriptor_;
};

int poll_timeout_ms(std::optional<Clock::time_point> deadline) {
    if (!deadline)
        return poll_interval_ms;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
    return left < 0 ? 0 : left < poll_interval_ms ? static_cast<int>(left) : poll_interval_ms;
}

class MachineLoop {
public:
    MachineLoop(ChildProcess& child, MachineStreams& streams, const EndSignals& signals, int trace_file,
                const RunOptions& options)
        : child_(child), signals_(signals), interfaces_(options.interfaces), trace_wanted_(trace_file >= 0),
          input_(STDIN_FILENO, streams.ours(Stream::standard_input), AtEnd::shut_down_socket),
          output_(streams.ours(Stream::standard_output), STDOUT_FILENO, AtEnd::leave_open),
          error_(streams.ours(Stream::standard_error), STDERR_FILENO, AtEnd::leave_open),
          trace_(streams.ours(Stream::trace), trace_file, AtEnd::leave_open),
          kernel_log_(streams.ours(Stream::kernel_log), options.verbose ? STDERR_FILENO : -1),
          qemu_messages_(child.messages(), -1) {
        if (!options.verbose)
            kernel_log_.log().show(options.shown_lines, STDERR_FILENO);
        if (options.timeout_s)
            deadline_ = Clock::now() + std::chrono::seconds(*options.timeout_s);
    }

    RunReport run() {
        while (!(child_.ended() && (output_delivered() || Clock::now() >= delivery_deadline_))) {
            poll_once();
            end_when_due();
        }
        report_.qemu_wait_status = child_.wait_status();
        report_.kernel_log = kernel_log_.log();
        report_.qemu_messages = qemu_messages_.log();
        return std::move(report_);
    }

private:
    bool output_delivered() const {
        return output_.finished() && error_.finished() && kernel_log_.finished() && qemu_messages_.finished() &&
               (!trace_wanted_ || trace_.finished());
    }

    void poll_once() {
        std::array<Pump*, 4> pumps = {&output_, &error_, &input_, &trace_};
        std::array<LogReader*, 2> logs = {&kernel_log_, &qemu_messages_};
        std::array<pollfd, 12> slots;
        std::size_t used = 0;
        for (const Pump* pump : pumps)
            for (const pollfd& slot : active(pump) ? pump->wanted() : std::array{idle_slot, idle_slot})
                slots[used++] = slot;
        for (const LogReader* log : logs)
            slots[used++] = log->wanted();
        slots[used++] = {signals_.descriptor(), POLLIN, 0};
        slots[used++] = child_.ended() ? idle_slot : pollfd{child_.descriptor(), POLLIN, 0};

        if (::poll(slots.data(), used, poll_timeout_ms(deadline_)) <= 0)
            return;
        for (std::size_t index = 0; index < pumps.size(); ++index)
            pumps[index]->step({slots[2 * index], slots[2 * index + 1]});
        for (std::size_t index = 0; index < logs.size(); ++index)
            logs[index]->step(slots[2 * pumps.size() + index]);
        // The kernel has said something: QEMU has opened all that it opens.
        if (slots[2 * pumps.size()].revents != 0 && !interfaces_.empty() && !child_.ended())
            lengthen_forward_queues(child_.descriptor(), std::exchange(interfaces_, {}));
        if (slots[used - 1].revents != 0)
            child_.collect();
        if (slots[used - 2].revents != 0) {
            signals_.consume();
            end(MachineEnd::interrupted);
        }
    }

    bool active(const Pump* pump) const {
        if (pump == &trace_)
            return trace_wanted_;
        return pump != &input_ || !child_.ended();
    }

    void end_when_due() {
        if (output_.sink_closed() || error_.sink_closed())
            end(MachineEnd::output_closed);
        const auto now = Clock::now();
        if (deadline_ && now >= *deadline_)
            end(MachineEnd::time_limit);
        if (!kernel_log_.log().exit_status())
            return;
        if (!power_off_deadline_)
            power_off_deadline_ = now + power_off_limit;
        if (now >= *power_off_deadline_)
            child_.kill();
    }

    void end(MachineEnd why) {
        if (report_.end == MachineEnd::ended && !child_.ended())
            report_.end = why;
        deadline_.reset();
        delivery_deadline_ = std::min(delivery_deadline_, Clock::now() + delivery_limit);
        child_.kill();
    }

    ChildProcess& child_;
    const EndSignals& signals_;
    std::span<const NetInterface> interfaces_; // none once their ports have been seen to
    bool trace_wanted_;
    Pump input_, output_, error_, trace_;
    LogReader kernel_log_, qemu_messages_;
    std::optional<Clock::time_point> deadline_, power_off_deadline_;
    Clock::time_point delivery_deadline_ = Clock::time_point::max();
    RunReport report_;
};

} // namespace

MachineStreams::MachineStreams() {
    ours_.fill(-1);
    theirs_.fill(-1);
}

Outcome<MachineStreams> MachineStreams::create() {
    MachineStreams streams;
    for (std::size_t index = 0; index < stream_count; ++index) {
        int pair[2]; // of a pipe, the first is the end to read from
        const bool from_host = index == static_cast<std::size_t>(Stream::standard_input);
        if (from_host ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 : ::pipe2(pair, O_CLOEXEC) != 0)
            return failed(std::format("cannot make a stream to the machine: {}", std::strerror(errno)));
        ::fcntl(pair[0], F_SETFL, O_NONBLOCK);
        streams.ours_[index] = pair[0];
        streams.theirs_[index] = pair[1];
    }
    return streams;
}

MachineStreams::MachineStreams(MachineStreams&& other) noexcept : ours_(other.ours_), theirs_(other.theirs_) {
    other.ours_.fill(-1);
    other.theirs_.fill(-1);
}

MachineStreams::~MachineStreams() {
    close_theirs();
    for (const int descriptor : ours_)
        if (descriptor >= 0)
            ::close(descriptor);
}

void MachineStreams::close_theirs() {
    for (int& descriptor : theirs_)
        if (descriptor >= 0)
            ::close(std::exchange(descriptor, -1));
}

Outcome<RunReport> run_machine(const std::vector<std::string>& command, MachineStreams& streams, int trace_file,
                               const RunOptions& options) {
    const EndSignals signals;
    auto child = ChildProcess::start(command, streams.theirs(), signals.previous());
    if (!child)
        return std::unexpected(child.error());
    streams.close_theirs();
    return MachineLoop(*child, streams, signals, trace_file, options).run();
}

} // namespace exo::tool
