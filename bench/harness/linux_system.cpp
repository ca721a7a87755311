// Linux, tuned or stock, as a System. The guest itself is described in bench/linux/.
#include "bench/harness/guest_output.hpp"
#include "bench/harness/guests.hpp"
#include "bench/harness/process.hpp"
#include "bench/harness/system.hpp"
#include "bench/linux/host_program.hpp"
#include "bench/linux/peer_kernel.hpp"
#include "bench/linux/peer_modules.hpp"

#include <cctype>
#include <sstream>

namespace bench {
namespace {

constexpr int status_success = 33; // isa-debug-exit of exit_success, see guest_machine.hpp

class LinuxGuest final : public System {
public:
    LinuxGuest(const Environment& environment, linux_peer::Tuning tuning)
        : environment_(environment), tuning_(tuning) {}

    std::string_view name() const override {
        return tuning_ == linux_peer::Tuning::tuned ? "linux-tuned" : "linux-stock";
    }

    // A peer of a name of its own is the tuned guest, once.
    bool runs(const Job& job) const override {
        return !job.linux_program.empty() && (job.peer.empty() || tuning_ == linux_peer::Tuning::tuned);
    }

    std::expected<void, std::string> prepare(const Job& job) override {
        if (const auto built = exo_is_built(job); job.beside != nullptr && !built)
            return built;
        const auto kernel = linux_peer::peer_kernel(build_directory);
        if (!kernel)
            return std::unexpected(kernel.error());
        kernel_ = *kernel;

        const std::filesystem::path program = build_directory / job.linux_program;
        std::vector<linux_peer::InitramfsFile> files;
        if (!job.is_init)
            files.push_back({"bench", program});
        for (const std::string_view file : job.files)
            files.push_back({std::string(file), std::filesystem::path(file)});
        for (const std::string_view host_program : job.host_programs) {
            const auto found = linux_peer::host_program_files(host_program);
            if (!found)
                return std::unexpected(found.error());
            files.insert(files.end(), found->begin(), found->end());
        }
        const auto modules = linux_peer::peer_modules(build_directory, job.linux_modules);
        if (!modules)
            return std::unexpected(modules.error());
        const auto archive =
            linux_peer::initramfs(job.is_init ? program : build_directory / "bench/linux/init", files, *modules);
        if (!archive)
            return std::unexpected(archive.error());
        return write_file(initramfs_path(job), *archive);
    }

    std::expected<std::vector<std::string>, std::string> machine(const Job& job, const RunMode& mode) override {
        linux_peer::GuestOptions options{.tuning = tuning_,
                                         .accelerator = environment_.accelerator,
                                         .clock = mode.clock,
                                         .isolated_core = job.isolated_core,
                                         .memory_mib = job.memory_mib,
                                         .kernel = kernel_,
                                         .initramfs = initramfs_path(job),
                                         .arguments = job_arguments(job, mode),
                                         .machine_words = {job.linux_machine.begin(), job.linux_machine.end()},
                                         .kernel_options = std::string(job.linux_kernel_options)};
        if (!job.is_init)
            options.arguments.insert(options.arguments.begin(), "/bench");
        return linux_peer::guest_command(options);
    }

    std::expected<std::string, std::string> run(const Job& job, const RunMode& mode) override {
        const auto command = machine(job, mode);
        if (!command)
            return std::unexpected(command.error());
        auto result = run_guests(*command, {.job = job,
                                            .environment = environment_,
                                            .timeout = std::chrono::seconds(job.timeout_s),
                                            .success = status_success,
                                            .beside = beside_command(job, environment_, mode)});
        if (!result)
            return std::unexpected(result.error());
        if (result->timed_out)
            return std::unexpected(std::string(name()) + " did not finish " + words_of(job) + " in " +
                                   std::to_string(job.timeout_s) + " s; its last lines:\n" +
                                   last_lines(result->output, 8));
        if (result->status != status_success)
            return std::unexpected(words_of(job) + " failed on " + std::string(name()) + "; its last lines:\n" +
                                   last_lines(result->output, 8));
        return std::move(result->output);
    }

    std::filesystem::path kernel_image() const override { return kernel_; }

private:
    // For messages: which of several jobs of one program.
    static std::string words_of(const Job& job) {
        return std::string(job.linux_program) + (job.peer.empty() ? "" : " for " + std::string(job.peer));
    }

    std::filesystem::path initramfs_path(const Job& job) const {
        const auto program = std::filesystem::path(job.linux_program).filename().string();
        std::string name = program + (job.peer.empty() ? "" : "-" + std::string(job.peer));
        for (const char letter : job.arguments) // jobs of one program may have different files and modules
            name += std::isalnum(static_cast<unsigned char>(letter)) != 0 ? letter : '-';
        return std::filesystem::absolute(build_directory / "bench/linux" / (name + ".cpio"));
    }

    Environment environment_;
    linux_peer::Tuning tuning_;
    std::filesystem::path kernel_;
};

} // namespace

std::unique_ptr<System> make_linux_guest(const Environment& environment, linux_peer::Tuning tuning) {
    return std::make_unique<LinuxGuest>(environment, tuning);
}

std::vector<std::string> job_arguments(const Job& job, const RunMode& mode) {
    std::string line(mode.smoke ? job.smoke_arguments : job.arguments);
    if (mode.clock == Clock::instructions)
        line += " " + std::string(job.count_arguments);
    std::istringstream words{line};
    std::vector<std::string> arguments;
    for (std::string word; words >> word;)
        arguments.push_back(word);
    return arguments;
}

} // namespace bench
