// The revocation bench as data. Request to release: the owner is asked and complies.
// Request to abort: the owner does not, the deadline passes, the kernel takes. Only the
// exokernel has such a thing; a row is met by being measured.
#pragma once

#include "bench/harness/definition.hpp"

namespace bench {

namespace revocation {

inline constexpr std::string_view release_bias =
    "TCG overstates the two upcalls and the TLB shootdown of a release; the numbers are upper bounds";
inline constexpr std::string_view abort_bias =
    "an abort includes the deadline it waits for; TCG overstates what follows it";

consteval RowDefinition measured(std::string_view name, std::string_view bias) {
    return {.name = name, .unit = "cycles", .goal_text = "reported", .bias = bias, .ours_only = true};
}

inline constexpr RowDefinition rows[] = {
    measured("frames_release_p50", release_bias),   measured("frames_release_p99", release_bias),
    measured("frames_abort_p50", abort_bias),       measured("frames_abort_p99", abort_bias),
    measured("slice_release_p50", release_bias),    measured("slice_release_p99", release_bias),
    measured("slice_abort_p50", abort_bias),        measured("slice_abort_p99", abort_bias),
    measured("function_release_p50", release_bias), measured("function_release_p99", release_bias),
    measured("function_abort_p50", abort_bias),     measured("function_abort_p99", abort_bias),
};

inline constexpr Job jobs[] = {
    {.linux_program = "", .exo_program = "bench/exo/revocation", .counted = false, .timeout_s = 120},
};

} // namespace revocation

inline constexpr BenchDefinition revocation_bench{
    .name = "revocation",
    .title = "Revocation: request to release, request to abort",
    .jobs = revocation::jobs,
    .rows = revocation::rows,
};

} // namespace bench
