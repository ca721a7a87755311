// See guests.hpp.
#include "bench/harness/guests.hpp"

#include "bench/harness/qemu_priority.hpp"
#include "bench/harness/wire.hpp"

#include <array>
#include <format>
#include <thread>

#include <sched.h>
#include <stdlib.h>

namespace bench {
namespace {

using Result = std::expected<ProcessResult, std::string>;

constexpr std::chrono::seconds patience{20}; // of one machine with the other's end
constexpr int status_failed = -1;            // that no guest ends with

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
        text.replace(at, what.size(), by);
}

std::vector<std::string> pinned(std::vector<std::string> command, const std::string& cpus) {
    if (!cpus.empty())
        command.insert(command.begin(), {"taskset", "-c", cpus});
    return command;
}

// The first two CPUs that this process may run on; the same one twice when there is one.
std::array<std::string, 2> two_cpus() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    sched_getaffinity(0, sizeof allowed, &allowed);
    std::vector<std::string> found;
    for (int cpu = 0; cpu < CPU_SETSIZE && found.size() < 2; ++cpu)
        if (CPU_ISSET(cpu, &allowed))
            found.push_back(std::to_string(cpu));
    return {found.at(0), found.back()};
}

class Folder {
public:
    Folder() {
        char path[] = "/tmp/exo-bench-XXXXXX";
        if (mkdtemp(path) != nullptr)
            path_ = path;
    }
    ~Folder() {
        std::error_code ignored;
        if (!path_.empty())
            std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// One of the two machines, run by a thread of its own.
class Running {
public:
    Running(std::vector<std::string> command, std::chrono::seconds timeout)
        : thread_([this, command = std::move(command), timeout] {
              result_ = run_process(command, {.timeout = timeout,
                                              .before = [] { (void)widen_wire(); }, // notes() tells
                                              .started = [this](pid_t pid) { pid_ = pid; },
                                              .abandoned = &abandoned_});
              ended_ = true;
          }) {}

    // True once its QEMU's main loop has real-time priority; gives up when one of the machines ends.
    bool raise(const Running& other) {
        for (bool looked_again = false; !looked_again; std::this_thread::sleep_for(std::chrono::milliseconds(20))) {
            looked_again = ended_ || other.ended_;
            if (pid_ != 0)
                if (const auto raised = raise_main_loop(pid_))
                    return *raised;
        }
        return false;
    }
    bool wait_for(std::chrono::milliseconds time) {
        for (; !ended_ && time.count() > 0; time -= std::chrono::milliseconds(20))
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return ended_;
    }
    Result end() {
        abandoned_ = true;
        return finish();
    }
    Result finish() {
        thread_.join();
        return std::move(result_);
    }

private:
    std::atomic<bool> abandoned_ = false, ended_ = false;
    std::atomic<pid_t> pid_ = 0;
    Result result_;
    std::thread thread_; // the last member: it uses the others
};

// Two machines on one wire, the server started first, each on a CPU of its own where there are two.
class Pair {
public:
    Pair(const std::vector<std::string>& server_command, const std::vector<std::string>& client_command,
         const Folder& folder, const GuestRun& run)
        : cpus_(two_cpus_for(run.environment)),
          server(pinned(words_for(Machine::server, server_command, folder.path()), cpus_[1]), run.timeout),
          client(pinned(words_for(Machine::client, client_command, folder.path()), cpus_[0]), run.timeout) {
        const bool server_raised = server.raise(client), client_raised = client.raise(server);
        are_raised_ = server_raised && client_raised;
    }

    void wait_for_one() {
        while (!client.wait_for(std::chrono::seconds(1)) && !server.wait_for(std::chrono::seconds(0))) {
        }
    }

    std::string notes() const {
        std::string text;
        if (cpus_[0] == cpus_[1])
            text += "\nNOTE both machines of a wire were on the same CPUs\n";
        if (!are_raised_)
            text += "\nNOTE QEMU's main loops were not permitted real-time priority: pollers starve them\n";
        if (const auto note = note_on_wires())
            text += "\nNOTE " + *note + "\n";
        return text;
    }

private:
    static std::array<std::string, 2> two_cpus_for(const Environment& environment) {
        if (environment.pin_to_cpu.empty())
            return two_cpus();
        return {environment.pin_to_cpu, environment.pin_to_cpu};
    }

    const std::array<std::string, 2> cpus_;
    bool are_raised_ = false;

public:
    Running server, client;
};

std::unexpected<std::string> no_folder() {
    return std::unexpected<std::string>("no folder can be made in /tmp for the wire between two machines");
}

Result run_two(const std::vector<std::string>& command, const GuestRun& run) {
    const Folder folder;
    if (folder.path().empty())
        return no_folder();
    Pair pair(command, command, folder, run);
    pair.wait_for_one();
    // Whichever ended first, the other has to end too.
    auto measured = pair.client.wait_for(patience) ? pair.client.finish() : pair.client.end();
    const bool well = pair.server.wait_for(patience);
    auto answered = well ? pair.server.finish() : pair.server.end();
    if (!measured || !answered)
        return measured ? std::move(answered) : std::move(measured);
    // The server's fault is the run's, and what it printed then says why.
    if (measured->status == run.success && !measured->timed_out)
        std::swap(*measured, *answered);
    measured->output.insert(0, answered->output + "\n");
    measured->output += pair.notes();
    return measured;
}

// What serves never ends by itself.
Result run_beside(const std::vector<std::string>& command, const GuestRun& run) {
    const Folder folder;
    if (folder.path().empty())
        return no_folder();
    Pair pair(command, run.beside, folder, run);
    pair.wait_for_one();
    const bool served = !pair.server.wait_for(std::chrono::seconds(0));
    auto loaded = served ? pair.client.finish() : pair.client.end();
    auto server = pair.server.end();
    if (!loaded || !server)
        return loaded ? std::move(server) : std::move(loaded);
    const bool well = served && loaded->status == 0 && !loaded->timed_out;
    // What says why comes last.
    loaded->output = served ? server->output + "\n" + loaded->output : loaded->output + "\n" + server->output;
    loaded->output += pair.notes();
    loaded->status = well ? run.success : status_failed;
    loaded->timed_out = loaded->timed_out && served;
    return loaded;
}

} // namespace

std::vector<std::string> words_for(Machine machine, const std::vector<std::string>& command,
                                   const std::filesystem::path& folder) {
    const bool is_client = machine == Machine::client;
    std::vector<std::string> words = command;
    for (std::string& word : words) {
        replace_all(word, "{number}", is_client ? "1" : "2");
        replace_all(word, "{part}", is_client ? "client" : "server");
        replace_all(word, "{here}", (folder / (is_client ? "client" : "server")).string());
        replace_all(word, "{there}", (folder / (is_client ? "server" : "client")).string());
    }
    return words;
}

std::expected<ProcessResult, std::string> run_guests(const std::vector<std::string>& command, const GuestRun& run) {
    if (!run.beside.empty())
        return run_beside(command, run);
    if (run.job.two_machines)
        return run_two(command, run);
    return run_process(pinned(command, run.environment.pin_to_cpu), {.timeout = run.timeout});
}

} // namespace bench
