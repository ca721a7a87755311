// The exo command: chooses the subcommand. Each subcommand is one function in a file of its name.
#include "tools/disk/disk.hpp"
#include "tools/exo/bench.hpp"
#include "tools/exo/hub.hpp"
#include "tools/exo/kv.hpp"
#include "tools/exo/new.hpp"
#include "tools/exo/run.hpp"
#include "tools/exo/suites/runner.hpp"

#include <array>
#include <cstdio>
#include <fcntl.h>
#include <print>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::string_view help =
    R"(usage: exo run [options] [PROGRAM [ARGS...]]    boot the exokernel and run a program on it
       exo kv [options]                         boot a key-value store that speaks Redis' protocol, at port 6379
       exo test [--filter TEXT] [--list]        run every test
       exo bench [NAME...]                      measure this system and Linux side by side
       exo disk create|list|fsck|export IMAGE   make, look into, check and unpack disk images
       exo new libos PATH                       make a library OS of your own: builds and boots at once
       exo hub NAME                             open a hub for machines that are not started by exo run
       exo COMMAND --help                       what a command takes
)";

// A descriptor 0, 1 or 2 that the caller closed would be taken by the next file we open.
void open_standard_descriptors() {
    for (int number = 0; number <= 2; ++number)
        if (::fcntl(number, F_GETFD) < 0)
            ::open("/dev/null", number == 0 ? O_RDONLY : O_WRONLY);
}

} // namespace

int main(int count, char** values) {
    open_standard_descriptors();
    const std::vector<std::string> words(values + 1, values + (count < 1 ? 1 : count));
    const std::string command = words.empty() ? "--help" : words.front();
    const std::span<const std::string> rest = std::span(words).subspan(words.empty() ? 0 : 1);
    if (command == "run")
        return exo::tool::run_main(rest);
    if (command == "kv")
        return exo::tool::kv_main(rest);
    if (command == "test")
        return exo::tool::test_main(rest);
    if (command == "bench")
        return exo::tool::bench_main(rest);
    if (command == "disk")
        return exo::tool::disk_main(rest);
    if (command == "new")
        return exo::tool::new_main(rest);
    if (command == "hub")
        return exo::tool::run_hub(rest);
    if (command == "--help" || command == "help") {
        std::print("{}", help);
        return 0;
    }
    std::println(stderr, "exo: unknown command '{}'; the commands are run, kv, test, bench, disk, new and hub",
                 command);
    return exo::tool::status_usage;
}
