// Programs that are their own kernel as a System: in the tuned guest's machine, without an initramfs. How they end and
// print is as bench/linux/guest_machine.hpp says.
#include "bench/harness/guest_output.hpp"
#include "bench/harness/guests.hpp"
#include "bench/harness/process.hpp"
#include "bench/harness/results.hpp"
#include "bench/harness/system.hpp"

namespace bench {
namespace {

constexpr int status_success = 33; // isa-debug-exit of exit_success, see guest_machine.hpp

class BareGuest final : public System {
public:
    explicit BareGuest(const Environment& environment) : environment_(environment) {}

    std::string_view name() const override { return bare_name; }
    bool runs(const Job& job) const override { return !job.bare_image.empty(); }

    std::expected<void, std::string> prepare(const Job& job) override {
        if (!std::filesystem::exists(image(job)))
            return std::unexpected(image(job).string() + " is not built: run ninja first");
        return {};
    }

    std::expected<std::vector<std::string>, std::string> machine(const Job& job, const RunMode& mode) override {
        return linux_peer::guest_command({.tuning = linux_peer::Tuning::tuned,
                                          .accelerator = environment_.accelerator,
                                          .clock = mode.clock,
                                          .memory_mib = job.memory_mib,
                                          .kernel = image(job),
                                          .initramfs = {},
                                          .arguments = job_arguments(job, mode),
                                          .machine_words = {job.linux_machine.begin(), job.linux_machine.end()}});
    }

    std::expected<std::string, std::string> run(const Job& job, const RunMode& mode) override {
        const auto command = machine(job, mode);
        if (!command)
            return std::unexpected(command.error());
        auto result = run_guests(*command, {.job = job,
                                            .environment = environment_,
                                            .timeout = std::chrono::seconds(job.timeout_s),
                                            .success = status_success});
        if (!result)
            return std::unexpected(result.error());
        if (result->timed_out || result->status != status_success)
            return std::unexpected(image(job).string() + (result->timed_out ? " did not finish" : " failed") +
                                   "; its last lines:\n" + last_lines(result->output, 8));
        return std::move(result->output);
    }

    std::filesystem::path kernel_image() const override { return {}; }

private:
    std::filesystem::path image(const Job& job) const { return build_directory / job.bare_image; }

    Environment environment_;
};

} // namespace

std::unique_ptr<System> make_bare_guest(const Environment& environment) {
    return std::make_unique<BareGuest>(environment);
}

} // namespace bench
