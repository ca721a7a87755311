// Runs every program of the manifest on the host and on libos-hpc and compares
// what they print and how they end. The host's run is the expectation, so it is
// checked as well: its status must be the manifest's, and no property may be NO.
// Usage: run [--filter TEXT,TEXT...] [--host-only] [--unmodified] [--list]; unmodified: the machine runs the host's own
// files, which are not linked with libos-hpc.
#include "tests/linux-abi/runner/compare.hpp"
#include "tests/linux-abi/runner/manifest.hpp"
#include "tests/linux-abi/runner/process.hpp"

#include <format>
#include <fstream>
#include <print>
#include <span>
#include <sstream>

namespace exo::linux_abi {

namespace {

namespace fs = std::filesystem;

const fs::path manifest_file = "tests/linux-abi/manifest.txt";
const fs::path build_folder = "build/tests/linux-abi";
const fs::path exo_command = "build/bin/exo";
constexpr auto host_timeout = std::chrono::seconds(60);
constexpr auto guest_timeout = std::chrono::seconds(180);

enum class Where { host_only, host_and_guest, host_and_guest_unmodified };

struct Options {
    std::string filter;
    Where where = Where::host_and_guest;
    bool list = false;
};

std::string contents(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return std::move(text).str();
}

std::vector<std::string> lines_of(const fs::path& path) {
    std::vector<std::string> lines;
    std::istringstream text(contents(path));
    for (std::string line; std::getline(text, line);)
        lines.push_back(line);
    return lines;
}

// A fresh folder for one run of one program; what an earlier run left there is removed.
fs::path fresh_folder(const Program& program, std::string_view side) {
    const fs::path folder = fs::absolute(build_folder / "scratch" / program.name / side);
    fs::remove_all(folder);
    fs::create_directories(folder / "share");
    return folder;
}

std::vector<std::string> environment_of(const Program& program) {
    std::vector<std::string> environment = program.environment;
    environment.push_back(std::format("OMP_NUM_THREADS={}", program.vcores));
    return environment;
}

Outcome finish(const Command& command) {
    const auto status = run(command);
    if (!status)
        return std::unexpected(status.error());
    return Result{*status, lines_of(command.stdout_file)};
}

Outcome run_on_host(const Program& program) {
    const fs::path folder = fresh_folder(program, "host");
    Command command;
    command.words = {fs::absolute(build_folder / "host" / program.name), folder / "share"};
    command.words.append_range(program.arguments);
    command.environment = environment_of(program);
    command.folder = folder / "share";
    command.stdout_file = folder / "stdout";
    command.stderr_file = folder / "stderr";
    command.processors = program.vcores;
    command.timeout = host_timeout;
    return finish(command);
}

Outcome run_in_guest(const Program& program, const fs::path& file) {
    const fs::path folder = fresh_folder(program, "exo");
    Command command;
    command.words = {fs::absolute(exo_command),
                     "run",
                     "--share",
                     folder / "share",
                     "--vcores",
                     std::to_string(program.vcores),
                     "--timeout",
                     std::to_string(guest_timeout.count())};
    for (const std::string& variable : environment_of(program))
        command.words.insert(command.words.end(), {"--env", variable});
    command.words.insert(command.words.end(), {file, "/share"});
    command.words.append_range(program.arguments);
    command.stdout_file = folder / "stdout";
    command.stderr_file = folder / "stderr";
    command.timeout = guest_timeout + std::chrono::seconds(30);
    return finish(command);
}

std::string fault_of(const Program& program, Where where) {
    const Outcome host = run_on_host(program);
    if (std::string fault = host_fault(program, host); !fault.empty() || where == Where::host_only)
        return fault;
    const bool unmodified = where == Where::host_and_guest_unmodified;
    const Outcome guest = run_in_guest(program, build_folder / (unmodified ? "host" : "exo") / program.name);
    return guest ? difference(*host, *guest) : guest.error();
}

int run_all(const std::vector<Program>& programs, Where where) {
    std::size_t failed = 0;
    for (const Program& program : programs) {
        const std::string fault = fault_of(program, where);
        failed += !fault.empty();
        if (fault.empty())
            std::println("ok {}", program.name);
        else
            std::println("FAILED {}: {}", program.name, fault);
        std::fflush(stdout);
    }
    std::println("{} programs, {} failed", programs.size(), failed);
    return failed == 0 && !programs.empty() ? 0 : 1;
}

// Whether the name contains one of the filter's words, which commas separate.
bool is_wanted(const Program& program, std::string_view filter) {
    for (;;) {
        const std::size_t comma = filter.find(',');
        if (program.name.contains(filter.substr(0, comma)))
            return true;
        if (comma == filter.npos)
            return false;
        filter.remove_prefix(comma + 1);
    }
}

std::expected<Options, std::string> parse_options(std::span<char* const> words) {
    Options options;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == "--host-only")
            options.where = Where::host_only;
        else if (word == "--unmodified")
            options.where = Where::host_and_guest_unmodified;
        else if (word == "--list")
            options.list = true;
        else if (word == "--filter" && i + 1 < words.size())
            options.filter = words[++i];
        else
            return std::unexpected(std::format("'{}' is not understood; options are --filter TEXT, --host-only, "
                                               "--unmodified, --list",
                                               word));
    }
    return options;
}

int fail(const std::string& sentence) {
    std::println(stderr, "linux-abi: {}", sentence);
    return 2;
}

} // namespace

int run_suite(std::span<char* const> words) {
    const auto options = parse_options(words);
    if (!options)
        return fail(options.error());
    if (!fs::exists(manifest_file))
        return fail(std::format("{} is not there; run from the repository root", manifest_file.string()));
    auto programs = parse_manifest(contents(manifest_file));
    if (!programs)
        return fail(std::format("{}, {}", manifest_file.string(), programs.error()));
    std::erase_if(*programs, [&](const Program& program) { return !is_wanted(program, options->filter); });
    if (programs->empty())
        return fail(std::format("no program's name contains '{}'", options->filter));
    if (options->list) {
        for (const Program& program : *programs)
            std::println("{}", program.name);
        return 0;
    }
    return run_all(*programs, options->where);
}

} // namespace exo::linux_abi

int main(int argc, char** argv) {
    return exo::linux_abi::run_suite(std::span<char* const>(argv + 1, static_cast<std::size_t>(argc - 1)));
}
