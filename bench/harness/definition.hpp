// What a bench is: jobs to run in each guest, and the rows they yield, each with its
// unit, its goal and the direction in which emulation bends it. Data only; the tables
// are in bench/NAME/rows.hpp and runner.hpp executes them.
#pragma once

#include <expected>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bench {

enum class Better { lower, higher };

inline constexpr double no_bound = std::numeric_limits<double>::infinity();

// A bound on ours over one peer.
struct PeerBound {
    std::string_view peer;
    double ratio_at_most = no_bound;
    double instruction_ratio_at_most = no_bound;
};

// Every bound that is set must hold. Ratios are ours / tuned Linux.
struct Goal {
    double ours_at_most = no_bound;
    double ours_instructions_at_most = no_bound;
    double ratio_at_most = no_bound;
    double ratio_at_least = -no_bound;
    double instruction_ratio_at_most = no_bound;
    std::span<const PeerBound> peers = {}; // and over peers by name
};

// Which way measuring under TCG, rather than on the hardware, moves the comparison.
struct RowDefinition {
    std::string_view name;
    std::string_view unit;
    Better better = Better::lower;
    std::string_view goal_text = {};
    Goal goal = {};
    std::string_view bias = {};
    bool counted = false;                         // also measured in guest instructions
    bool zero_is_valid = false;                   // a value of nothing is a result, not a failed measurement
    bool ours_only = false;                       // the peers have nothing of the kind
    bool count_only = false;                      // the value itself is of the counting pass
    std::span<const std::string_view> peers = {}; // those that yield it; empty: every Linux system
    std::string_view peers_row = {};              // the peers' values are those of this row; empty: of the same
};

// One guest started, one program run in it. Paths are relative to the build directory.
struct Job {
    std::string_view linux_program = {}; // empty: no peer runs this job
    std::string_view exo_program = {};   // empty: the exokernel does not run this job
    std::string_view bare_image = {};    // a program that is its own kernel; `peer` names its column
    std::string_view peer = {};          // whose column the rows of Linux's side go to; empty: the system's own
    std::string_view arguments = {};
    std::string_view smoke_arguments = "--smoke";
    std::string_view count_arguments = {}; // further ones while instructions are counted
    bool isolated_core = false;            // give the measured program a core of its own, where a system can
    bool is_init = false;                  // the program itself is the first process of the guest
    bool since_kernel_entry = false;       // its rows are TSC values: subtract the firmware's share
    bool counted = true;                   // also run in the instruction-count pass
    bool timed = true;                     // and in the runs by the clock
    unsigned runs_at_most = ~0U;           // of those: where what it yields hardly varies
    int timeout_s = 120;
    unsigned memory_mib = 1024;
    std::span<const std::string_view> files = {}; // from the repository's root, at the same path in the guest
    std::span<const std::string_view> host_programs =
        {}; // of the host's, by absolute path, with what they are linked with
    std::span<const std::string_view> exo_options = {};   // further words for `exo run`: what the program is granted
    std::span<const std::string_view> linux_machine = {}; // further words of QEMU for the peer's machine
    std::span<const std::string_view> linux_modules = {}; // loaded before the program, with what they depend on
    std::string_view linux_kernel_options = {};
    std::string_view host_command = {};       // run on the host before each run, split at blanks; relative to the root
    std::string_view smoke_host_command = {}; // in its place in a smoke run; empty: the same
    std::string_view yields = {}; // what its rows' names begin with, separated by blanks; empty: any of the bench
    bool two_machines = false;    // two guests on one wire: guests.hpp says what is put into their words
    // A job of the exokernel's in a second machine on one wire with this one's, whoever runs that: it puts the load on,
    // by the wall clock always, and prints the rows. This one serves, and is ended when it has ended.
    const Job* beside = nullptr;
};

// A program that is its own library OS prints on the kernel's log and makes environments beside it out of frames
// that its library OS leaves alone.
inline constexpr std::string_view native_options[] = {"--verbose", "--manifest", "machine create log", "--manifest",
                                                      "spare 33554432"};

class System;

// A number found on the host rather than printed by a guest: a file's size, the
// smallest memory that works. Nothing when the system has no such number.
struct HostProbe {
    std::string_view row;
    std::expected<std::optional<double>, std::string> (*measure)(System& system, bool smoke);
};

struct BenchDefinition {
    std::string_view name;
    std::string_view title;
    std::span<const Job> jobs;
    std::span<const RowDefinition> rows;
    std::span<const HostProbe> probes = {};
    std::string_view part_of = {}; // a bench by whose name this one is meant too
};

} // namespace bench
