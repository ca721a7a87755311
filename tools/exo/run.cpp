// The life of one run: check, pack, start, relay, tell how it ended.
// Nothing is created on the host before every check has passed.
#include "tools/exo/run.hpp"

#include "tools/exo/boot_archive.hpp"
#include "tools/exo/disk_host.hpp"
#include "tools/exo/host_file.hpp"
#include "tools/exo/hub.hpp"
#include "tools/exo/machine.hpp"
#include "tools/exo/main_job.hpp"
#include "tools/exo/trace_file.hpp"

#include <csignal>
#include <cstdlib>
#include <format>
#include <optional>
#include <print>
#include <sys/wait.h>

namespace exo::tool {

namespace {

constexpr std::size_t death_log_lines = 12;
constexpr std::size_t panic_log_lines = 60;

int explain_death(const RunReport& report, bool log_was_shown) {
    const KernelLog& log = report.kernel_log;
    if (log.panicked())
        std::println(stderr, "exo: the kernel panicked.");
    else if (WIFSIGNALED(report.qemu_wait_status))
        std::println(stderr, "exo: the machine died: QEMU was ended by signal {}.", WTERMSIG(report.qemu_wait_status));
    else
        std::println(stderr, "exo: the machine died without an exit status of the program (QEMU status {}).",
                     WEXITSTATUS(report.qemu_wait_status));
    if (const std::string messages = report.qemu_messages.tail(death_log_lines); !messages.empty())
        std::print(stderr, "QEMU says:\n{}", messages);
    if (log_was_shown)
        return status_machine_died;
    const std::string lines = log.tail(log.panicked() ? panic_log_lines : death_log_lines);
    std::print(stderr, "{}", lines.empty() ? "The kernel's log is empty.\n" : "The end of the kernel's log:\n" + lines);
    return status_machine_died;
}

// The steward's reasons: why a program could not start, or how it broke its contract with the kernel. What it repeats
// of the program's own words is left out where those were shown as they came.
std::string reasons(const KernelLog& log, std::string_view shown) {
    std::string kept;
    const std::string lines = log.lines_of("steward: ");
    for (std::string_view rest = lines; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n') + 1);
        rest.remove_prefix(line.size());
        if (shown.empty() || line.find(std::format(": {}", shown)) == std::string_view::npos)
            kept += line;
    }
    return kept;
}

int conclude(const RunReport& report, const RunOptions& options) {
    switch (report.end) {
    case MachineEnd::interrupted:
        return status_interrupted;
    case MachineEnd::output_closed:
        return status_broken_pipe;
    case MachineEnd::time_limit:
        std::println(stderr, "exo: the time limit of {} s ended the machine.", options.timeout_s.value_or(0));
        return status_timeout;
    case MachineEnd::ended:
        break;
    }
    const KernelLog& log = report.kernel_log;
    if (log.panicked() || !log.exit_status())
        return explain_death(report, options.verbose);
    if (*log.exit_status() != 0 && !options.verbose)
        std::print(stderr, "{}", reasons(log, options.shown_lines));
    return *log.exit_status();
}

// QEMU writes them; here it turns out whether it can.
Outcome<void> make_capture_files(const RunOptions& options) {
    for (std::size_t index = 0; options.capture_prefix && index < options.interfaces.size(); ++index)
        if (const auto made = write_host_file(capture_file(*options.capture_prefix, index), ""); !made)
            return made;
    return {};
}

Outcome<int> try_run(RunOptions options) {
    if (const auto checked = check_host(options); !checked)
        return std::unexpected(checked.error());
    const auto accelerator =
        options.icount ? Outcome<Accelerator>(Accelerator::tcg) : choose_accelerator(options.acceleration);
    if (!accelerator)
        return std::unexpected(accelerator.error());
    const std::filesystem::path build = repository_root() / "build";
    const auto archive =
        build_boot_archive(options, {build / "steward/steward.bin", build / "libos-hpc/libos-hpc-alone"});
    if (!archive)
        return std::unexpected(archive.error());
    if (archive->size() >= options.memory_bytes)
        return failed(std::format("the program and its files ({} MiB) do not fit into {} MiB of memory",
                                  archive->size() >> 20, options.memory_bytes >> 20));

    const std::filesystem::path kernel =
        options.kernel_file ? std::filesystem::path(*options.kernel_file) : build / "exokernel/kernel.elf";
    if (!std::filesystem::is_regular_file(kernel))
        return failed(std::format("there is no kernel image {}", kernel.string()));
    MachinePaths paths = {kernel, "boot.cpio", {10, 11, 12, 13, 14}};
    if (options.trace_file && !options.capture_prefix && TraceFile::is_ordinary(*options.trace_file))
        options.capture_prefix = options.trace_file;
    if (options.dry_run) {
        name_hubs(options);
        std::println("{}", shell_line(qemu_command(options, *accelerator, paths)));
        return 0;
    }
    std::optional<TraceFile> trace;
    if (options.trace_file) {
        auto created = TraceFile::create(*options.trace_file);
        if (!created)
            return std::unexpected(created.error());
        trace.emplace(std::move(*created));
        if (const auto made = make_capture_files(options); !made)
            return std::unexpected(made.error());
    }
    auto folder = TemporaryFolder::create();
    if (!folder)
        return std::unexpected(folder.error());
    paths.archive = folder->path() + "/boot.cpio";
    if (const auto written = write_host_file(paths.archive, *archive); !written)
        return std::unexpected(written.error());
    for (const DiskImage& disk : options.disks)
        if (const auto made = create_disk(disk); !made)
            return std::unexpected(made.error());
    const auto hubs = HubMembership::join(options);
    if (!hubs)
        return std::unexpected(hubs.error());
    auto streams = MachineStreams::create();
    if (!streams)
        return std::unexpected(streams.error());
    paths.descriptors = streams->theirs();
    if (options.gdb)
        std::println(stderr, "exo: waiting for gdb: gdb {} -ex 'target remote :1234'", paths.kernel);

    const auto report =
        run_machine(qemu_command(options, *accelerator, paths), *streams, trace ? trace->descriptor() : -1, options);
    if (!report)
        return std::unexpected(report.error());
    const int status = conclude(*report, options);
    if (trace && report->end == MachineEnd::ended && report->kernel_log.exit_status())
        if (const auto kept = trace->keep(); !kept) {
            const int failure = exo::tool::report(kept.error());
            return status != 0 ? status : failure; // the program's own status says more
        }
    return status;
}

} // namespace

std::filesystem::path repository_root() {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    return self.parent_path().parent_path().parent_path(); // this program is build/bin/exo
}

int report(const Failure& failure) {
    std::println(stderr, "exo: {}", failure.sentence);
    return failure.status;
}

int run_program(RunOptions options) {
    const char* log = std::getenv("EXO_LOG");
    if (log != nullptr && std::string_view(log) == "1")
        options.verbose = true;
    const auto status = try_run(std::move(options));
    return status ? *status : report(status.error());
}

int run_main(std::span<const std::string> words) {
    auto options = parse_run_options(words);
    if (!options)
        return report(options.error());
    if (options->help) {
        std::print("{}", run_help());
        return 0;
    }
    if (options->program.empty())
        return run_main_job(std::move(*options));
    return run_program(std::move(*options));
}

} // namespace exo::tool
