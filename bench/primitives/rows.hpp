// The primitives bench as data: what is measured, the goals, the bias of emulation.
// How each row is measured: suite.hpp. Goals hold against the tuned Linux guest.
#pragma once

#include "bench/harness/definition.hpp"

namespace bench {

namespace primitives {

// Under TCG an instruction costs about the same everywhere; what differs from hardware
// is the price of events. Each bias says whom that helps.
inline constexpr std::string_view entry_bias =
    "TCG makes syscall/sysret about 10x dearer than hardware for both sides; the ratio is pulled towards 1";
inline constexpr std::string_view trap_bias =
    "TCG makes a fault and an iret about 5x dearer than hardware; fewer of them helps us more than on hardware";
inline constexpr std::string_view protection_bias = "TCG refills its software TLB slowly after a flush and runs "
                                                    "Linux's long paths uncached; favours the short path, ours";
inline constexpr std::string_view fault_bias =
    "TCG makes the fault dear on both sides and zeroing cheap relative to it; the ratio is pulled towards 1";
inline constexpr std::string_view switch_bias = "TCG overstates address-space switches (a CR3 load costs about 4000 "
                                                "cycles plus refills) on both sides; pulls towards 1";
inline constexpr std::string_view thread_bias =
    "TCG overstates kernel entries, which a user-level switch avoids; favours us";

inline constexpr Goal trap_goal{.ratio_at_most = 1.0 / 5, .instruction_ratio_at_most = 1.0 / 15};
inline constexpr Goal protection_goal{.ratio_at_most = 1.0 / 5, .instruction_ratio_at_most = 1.0 / 10};
inline constexpr std::string_view protection_text = "at least 10x fewer instructions, 5x faster";
inline constexpr Goal thread_goal{.ratio_at_most = 1.0 / 20};

inline constexpr RowDefinition rows[] = {
    {.name = "null_call",
     .unit = "cycles",
     .goal_text = "at most 60 instructions",
     .goal = {.ours_instructions_at_most = 60},
     .bias = entry_bias,
     .counted = true},
    {.name = "reflected_getpid",
     .unit = "cycles",
     .goal_text = "fewer instructions than Linux's getpid",
     .goal = {.instruction_ratio_at_most = 0.999},
     .bias = entry_bias,
     .counted = true},
    {.name = "trap",
     .unit = "cycles",
     .goal_text = "at least 15x fewer instructions, 5x faster",
     .goal = trap_goal,
     .bias = trap_bias,
     .counted = true},
    {.name = "prot1",
     .unit = "cycles",
     .goal_text = protection_text,
     .goal = protection_goal,
     .bias = protection_bias,
     .counted = true},
    {.name = "prot100",
     .unit = "cycles",
     .goal_text = protection_text,
     .goal = protection_goal,
     .bias = protection_bias,
     .counted = true},
    {.name = "unprot100",
     .unit = "cycles",
     .goal_text = protection_text,
     .goal = protection_goal,
     .bias = protection_bias,
     .counted = true},
    {.name = "appel1",
     .unit = "cycles",
     .goal_text = protection_text,
     .goal = protection_goal,
     .bias = protection_bias,
     .counted = true},
    {.name = "appel2",
     .unit = "cycles",
     .goal_text = protection_text,
     .goal = protection_goal,
     .bias = protection_bias,
     .counted = true},
    {.name = "demand_zero",
     .unit = "cycles",
     .goal_text = "at least 3x faster",
     .goal = {.ratio_at_most = 1.0 / 3},
     .bias = fault_bias,
     .counted = true},
    {.name = "map_touch_unmap", .unit = "cycles", .goal_text = "reported", .bias = fault_bias, .counted = true},
    {.name = "domain_round_trip",
     .unit = "cycles",
     .goal_text = "at most 600 instructions, at least 8x faster than a pipe",
     .goal = {.ours_instructions_at_most = 600, .ratio_at_most = 1.0 / 8},
     .bias = switch_bias,
     .counted = true},
    {.name = "thread_switch",
     .unit = "cycles",
     .goal_text = "at least 20x faster",
     .goal = thread_goal,
     .bias = thread_bias,
     .counted = true},
    {.name = "mutex_round_trip",
     .unit = "cycles",
     .goal_text = "at least 20x faster than two futex hand-overs",
     .goal = thread_goal,
     .bias = thread_bias,
     .counted = true},
};

inline constexpr Job jobs[] = {
    {.linux_program = "bench/linux/primitives",
     .exo_program = "bench/exo/primitives",
     .timeout_s = 300,
     .exo_options = native_options},
    {.linux_program = "", .exo_program = "bench/exo/posix-calls"}, // Linux's getpid is in its one program
};

} // namespace primitives

inline constexpr BenchDefinition primitives_bench{
    .name = "primitives",
    .title = "Primitives: calls, traps, protection, transfer, threads",
    .jobs = primitives::jobs,
    .rows = primitives::rows,
};

} // namespace bench
