// Output is read without blocking; once the process has ended, what is left in the pipe is read and no more is awaited,
// because a descendant that outlived its parent could keep the pipe open for ever.
#include "tools/exo/suites/active_run.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <format>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace exo::tool {

Outcome<ActiveRun> ActiveRun::start(const TestRun& run) {
    sigset_t mask;
    ::sigemptyset(&mask);
    auto child = ChildProcess::start(run.command, {}, mask);
    if (!child)
        return std::unexpected(child.error());
    return ActiveRun(run, std::move(*child));
}

ActiveRun::ActiveRun(const TestRun& run, ChildProcess child) : run_(&run), child_(std::move(child)), end_(start_) {
    ::fcntl(child_.messages(), F_SETFL, O_NONBLOCK);
}

void ActiveRun::step() {
    if (!child_.ended() && Clock::now() >= start_ + std::chrono::seconds(run_->time_limit_s)) {
        out_of_time_ = true;
        child_.kill();
    }
    const bool was_running = !child_.ended();
    child_.collect();
    if (was_running && child_.ended())
        end_ = Clock::now();
    read_output();
}

void ActiveRun::read_output() {
    std::array<char, 16 * 1024> buffer;
    while (!output_ended_) {
        const ssize_t count = ::read(child_.messages(), buffer.data(), buffer.size());
        if (count > 0 && output_.size() < output_size_max)
            output_.append(buffer.data(), static_cast<std::size_t>(count));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN && !child_.ended())
            return;
        output_ended_ = count <= 0;
    }
}

double ActiveRun::seconds() const {
    return std::chrono::duration<double>(end_ - start_).count();
}

std::string ActiveRun::ill_end() const {
    const int status = child_.wait_status();
    if (out_of_time_)
        return std::format("time limit of {} s", run_->time_limit_s);
    if (WIFSIGNALED(status))
        return std::format("signal {}", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return std::format("exit status {}", WEXITSTATUS(status));
    return {};
}

} // namespace exo::tool
