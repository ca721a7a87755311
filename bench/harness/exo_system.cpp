// The exokernel as a System, started the way a user starts it: through `exo run`.
// Nothing here knows how that command builds its machine.
#include "bench/harness/guest_output.hpp"
#include "bench/harness/guests.hpp"
#include "bench/harness/process.hpp"
#include "bench/harness/shell_words.hpp"
#include "bench/harness/system.hpp"

namespace bench {
namespace {

const std::filesystem::path tool = build_directory / "bin/exo";

std::filesystem::path program(const Job& job) {
    return build_directory / job.exo_program;
}

std::vector<std::string> exo_command(const Job& job, const Environment& environment, Clock clock,
                                     const std::vector<std::string>& arguments,
                                     const std::vector<std::string>& options) {
    std::vector<std::string> command{tool.string(), "run",
                                     "--vcores",    "1",
                                     "--timeout",   std::to_string(job.timeout_s),
                                     "--memory",    std::to_string(job.memory_mib) + "M"};
    if (clock == Clock::instructions)
        command.push_back("--icount");
    const bool emulated = clock == Clock::instructions || environment.accelerator == Accelerator::tcg;
    command.insert(command.end(), {"--accel", emulated ? "tcg" : "kvm"});
    if (emulated)
        command.insert(command.end(), {"--cpu", std::string(linux_peer::fair_tcg_cpu)});
    command.insert(command.end(), options.begin(), options.end());
    if (!job.files.empty())
        command.insert(command.end(), {"--share", std::filesystem::current_path().string() + ":ro"});
    command.insert(command.end(), job.exo_options.begin(), job.exo_options.end());
    command.push_back(program(job).string());
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
}

class ExoGuest final : public System {
public:
    explicit ExoGuest(const Environment& environment) : environment_(environment) {}

    std::string_view name() const override { return "ours"; }

    bool runs(const Job& job) const override { return !job.exo_program.empty(); }

    std::expected<void, std::string> prepare(const Job& job) override { return exo_is_built(job); }

    std::expected<std::string, std::string> run(const Job& job, const RunMode& mode) override {
        // The tool enforces the job's timeout in its own words; ours is the net below it.
        auto result = run_guests(run_command(job, mode, {}), {.job = job,
                                                              .environment = environment_,
                                                              .timeout = std::chrono::seconds(job.timeout_s + 30),
                                                              .success = 0,
                                                              .beside = beside_command(job, environment_, mode)});
        if (!result)
            return std::unexpected(result.error());
        if (result->timed_out || result->status != 0)
            return std::unexpected(std::string(job.exo_program) + (result->timed_out ? " did not finish" : " failed") +
                                   " on the exokernel; its last lines:\n" + last_lines(result->output, 8));
        return std::move(result->output);
    }

    std::expected<std::vector<std::string>, std::string> machine(const Job& job, const RunMode& mode) override {
        const auto printed = run_process(run_command(job, mode, {"--dry-run"}), {.merge_stderr = false});
        if (!printed)
            return std::unexpected(printed.error());
        auto words = split_shell_words(printed->output);
        if (printed->status != 0 || words.empty())
            return std::unexpected("exo run --dry-run printed no QEMU command");
        return words;
    }

    std::filesystem::path kernel_image() const override { return build_directory / "exokernel/kernel.elf"; }

private:
    std::vector<std::string> run_command(const Job& job, const RunMode& mode,
                                         const std::vector<std::string>& options) const {
        return exo_command(job, environment_, mode.clock, job_arguments(job, mode), options);
    }

    Environment environment_;
};

} // namespace

std::expected<void, std::string> exo_is_built(const Job& job) {
    for (const std::filesystem::path& needed : {tool, program(job)})
        if (!job.exo_program.empty() && !std::filesystem::exists(needed))
            return std::unexpected(needed.string() + " is not built: run ninja first");
    return job.beside != nullptr ? exo_is_built(*job.beside) : std::expected<void, std::string>{};
}

std::vector<std::string> beside_command(const Job& job, const Environment& environment, const RunMode& mode) {
    if (job.beside == nullptr)
        return {};
    return exo_command(*job.beside, environment, Clock::wall, job_arguments(*job.beside, mode), {});
}

std::unique_ptr<System> make_exo_guest(const Environment& environment) {
    return std::make_unique<ExoGuest>(environment);
}

} // namespace bench
