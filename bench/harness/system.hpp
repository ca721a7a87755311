// A system under measurement: something that can boot a machine, run one program in
// it and hand back what the program printed. Linux guests and the exokernel implement
// it, so that the runner treats all of them alike.
#pragma once

#include "bench/harness/definition.hpp"
#include "bench/linux/guest_command.hpp"

#include <filesystem>
#include <memory>

namespace bench {

using linux_peer::Accelerator;
using linux_peer::Clock;

// Every path of the harness is relative to the repository's root, where it is started.
inline const std::filesystem::path build_directory = "build";

// How guests are to be started; the same for every system.
struct Environment {
    Accelerator accelerator = Accelerator::tcg;
    std::string pin_to_cpu; // host CPU list for taskset; empty: the host decides
};

struct RunMode {
    Clock clock = Clock::wall;
    bool smoke = false;
};

// Errors are sentences for the user.
class System {
public:
    virtual ~System() = default;
    virtual std::string_view name() const = 0;
    virtual bool runs(const Job& job) const = 0;
    // Everything that need not be repeated for each run.
    virtual std::expected<void, std::string> prepare(const Job& job) = 0;
    // Boots, runs the job's program to its end, returns everything printed. A program
    // that fails, or a guest that outlives the job's timeout, is an error.
    virtual std::expected<std::string, std::string> run(const Job& job, const RunMode& mode) = 0;
    // The QEMU command of that run, to be started with another kernel (see firmware.hpp).
    virtual std::expected<std::vector<std::string>, std::string> machine(const Job& job, const RunMode& mode) = 0;
    // The kernel image as it is handed to the machine.
    virtual std::filesystem::path kernel_image() const = 0;
};

std::unique_ptr<System> make_linux_guest(const Environment& environment, linux_peer::Tuning tuning);
std::unique_ptr<System> make_exo_guest(const Environment& environment);
// For programs that are their own kernel: the tuned guest's machine with such a program in Linux's place.
std::unique_ptr<System> make_bare_guest(const Environment& environment);

// The command of a job's machine beside (Job::beside); empty where it has none.
std::vector<std::string> beside_command(const Job& job, const Environment& environment, const RunMode& mode);
// Whether what the exokernel runs of a job, and of the one beside it, is built; else a sentence.
std::expected<void, std::string> exo_is_built(const Job& job);

// The arguments a job's program gets in this mode, split at blanks.
std::vector<std::string> job_arguments(const Job& job, const RunMode& mode);

} // namespace bench
