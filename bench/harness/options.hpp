// The command line of the bench tool as a value. See bench.hpp.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

namespace bench {

inline constexpr unsigned default_runs = 11;
inline constexpr unsigned runs_max = 1001;

enum class AcceleratorChoice { automatic, kvm, tcg };

struct Options {
    std::vector<std::string> benches; // empty: all
    std::vector<std::string> systems = {"ours", "linux-tuned", "linux-stock"};
    std::vector<std::string> rows; // what the names of those wanted begin with; empty: all
    unsigned runs = default_runs;
    bool smoke = false;
    bool count_instructions = true;
    bool list = false;
    bool help = false;
    AcceleratorChoice accelerator = AcceleratorChoice::automatic;
    std::string pin_to_cpu;
};

inline constexpr const char* usage =
    "usage: exo bench [options] [NAME...]\n"
    "  --runs N           runs of each system, interleaved (default 11)\n"
    "  --smoke            one short run each; checks that every row is yielded\n"
    "  --systems A,B,...  of ours, linux-tuned, linux-stock (default all)\n"
    "  --rows A,B,...     only rows whose names begin so, and the guests that yield them\n"
    "  --no-count         leave out the instruction-counting pass\n"
    "  --accel auto|kvm|tcg\n"
    "  --pin CPUS         run every QEMU on these host CPUs (taskset list)\n"
    "  --list             name the benches and stop\n";

// The error is a sentence for the user.
std::expected<Options, std::string> parse_options(std::span<const std::string> arguments);

} // namespace bench
