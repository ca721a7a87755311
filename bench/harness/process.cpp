// fork, exec, and a poll loop that ends at the deadline; the child leads a process
// group of its own so that a kill takes its children too. See process.hpp.
#include "bench/harness/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int status_not_started = 127;
constexpr long look_up_ms = 200; // how soon it is noticed that a process was abandoned

[[noreturn]] void become(const std::vector<std::string>& command, const ProcessOptions& options, int output) {
    setpgid(0, 0);
    if (options.before != nullptr)
        options.before();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    if (options.merge_stderr)
        dup2(output, STDERR_FILENO);
    if (!options.directory.empty() && chdir(options.directory.c_str()) != 0)
        _exit(status_not_started);
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str())); // Safe: execvp does not write to them.
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    _exit(status_not_started);
}

// Collects output until the pipe closes; false when the deadline, or the end of interest, came first.
bool drain(int pipe, Clock::time_point deadline, const ProcessOptions& options, std::string& output) {
    char block[1 << 16];
    while (output.size() < process_output_bytes_max) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0 || (options.abandoned != nullptr && *options.abandoned))
            return false;
        pollfd wait{.fd = pipe, .events = POLLIN, .revents = 0};
        const int ready = poll(&wait, 1, static_cast<int>(std::min<long>(left, look_up_ms)));
        if (ready <= 0)
            continue;
        const ssize_t count = read(pipe, block, sizeof block);
        if (count == 0)
            return true;
        if (count > 0)
            output.append(block, static_cast<std::size_t>(count));
        else if (errno != EINTR)
            return true;
    }
    return false;
}

// One that is no longer wanted gets time to leave nothing behind.
void end_group(pid_t child, bool ask_first) {
    constexpr int looks = 250;
    constexpr unsigned look_us = 20'000;
    if (ask_first) {
        kill(-child, SIGTERM);
        siginfo_t ended{};
        for (int look = 0; look < looks && ended.si_pid != child; ++look) {
            usleep(look_us);
            waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT);
        }
    }
    kill(-child, SIGKILL);
}

} // namespace

std::expected<ProcessResult, std::string> run_process(const std::vector<std::string>& command,
                                                      const ProcessOptions& options) {
    int ends[2];
    if (command.empty() || pipe2(ends, O_CLOEXEC) != 0)
        return std::unexpected("cannot start a process: no command or no pipe");
    const pid_t child = fork();
    if (child < 0) {
        close(ends[0]);
        close(ends[1]);
        return std::unexpected("cannot start " + command[0] + ": " + std::strerror(errno));
    }
    if (child == 0)
        become(command, options, ends[1]);
    setpgid(child, child); // also here: whichever of the two comes first
    close(ends[1]);
    if (options.started)
        options.started(child);

    ProcessResult result;
    result.timed_out = !drain(ends[0], Clock::now() + options.timeout, options, result.output);
    close(ends[0]);
    if (result.timed_out)
        end_group(child, options.abandoned != nullptr && *options.abandoned);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (result.status == status_not_started && result.output.empty())
        return std::unexpected("cannot start " + command[0] + ": is it installed?");
    return result;
}

std::expected<std::vector<std::uint8_t>, std::string> read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return std::unexpected("cannot read " + path.string() + ": " + std::strerror(errno));
    return std::vector<std::uint8_t>(std::istreambuf_iterator<char>(file), {});
}

std::expected<void, std::string> write_file(const std::filesystem::path& path, std::string_view content) {
    std::error_code ignored;
    std::filesystem::create_directories(path.parent_path(), ignored);
    const std::filesystem::path partial = path.string() + ".partial";
    {
        std::ofstream file(partial, std::ios::binary | std::ios::trunc);
        file.write(content.data(), static_cast<std::streamsize>(content.size()));
        file.flush();
        if (!file)
            return std::unexpected("cannot write " + path.string() + ": " + std::strerror(errno));
    }
    std::error_code failure;
    std::filesystem::rename(partial, path, failure);
    if (failure)
        return std::unexpected("cannot write " + path.string() + ": " + failure.message());
    return {};
}

std::expected<void, std::string> write_file(const std::filesystem::path& path, std::span<const std::uint8_t> content) {
    // Safe: bytes viewed as char, only to write them.
    return write_file(path, std::string_view(reinterpret_cast<const char*>(content.data()), content.size()));
}

} // namespace bench
