// One test run while it is under way: its process, its output so far, its deadline.
#pragma once

#include "tools/exo/child_process.hpp"
#include "tools/exo/suites/count.hpp"

#include <chrono>
#include <poll.h>
#include <string>

namespace exo::tool {

class ActiveRun {
public:
    static constexpr std::size_t output_size_max = 16u << 20; // the rest is read and dropped

    static Outcome<ActiveRun> start(const TestRun& run);

    // The slots to poll for: output, end of the process.
    pollfd output_slot() const { return {output_ended_ ? -1 : child_.messages(), POLLIN, 0}; }
    pollfd process_slot() const { return {child_.ended() ? -1 : child_.descriptor(), POLLIN, 0}; }
    // After poll: takes output and the end of the process; ends a process past its time.
    void step();

    // The process has ended and what it wrote has been read.
    bool finished() const { return child_.ended() && output_ended_; }
    const TestRun& run() const { return *run_; }
    const std::string& output() const { return output_; }
    double seconds() const;
    // "exit status 1", "signal 11", "time limit of 60 s"; empty for an end that is no failure.
    std::string ill_end() const;
    CaseCount count() const { return count_cases(run_->counting, output_, ill_end().empty()); }

private:
    using Clock = std::chrono::steady_clock;
    ActiveRun(const TestRun& run, ChildProcess child);
    void read_output();

    const TestRun* run_; // in the list of runs, which outlives this
    ChildProcess child_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point end_;
    std::string output_;
    bool output_ended_ = false;
    bool out_of_time_ = false;
};

} // namespace exo::tool
