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
    "the deadline is the moment of asking, so that what is left is the taking; TCG overstates it";

consteval RowDefinition measured(std::string_view name, std::string_view bias) {
    return {.name = name, .unit = "cycles", .goal_text = "reported", .bias = bias, .counted = true, .ours_only = true};
}

inline constexpr RowDefinition rows[] = {
    measured("frames_release_p50", release_bias),   measured("frames_release_p99", release_bias),
    measured("frames_abort_p50", abort_bias),       measured("frames_abort_p99", abort_bias),
    measured("slice_release_p50", release_bias),    measured("slice_release_p99", release_bias),
    measured("slice_abort_p50", abort_bias),        measured("slice_abort_p99", abort_bias),
    measured("function_release_p50", release_bias), measured("function_release_p99", release_bias),
    measured("function_abort_p50", abort_bias),     measured("function_abort_p99", abort_bias),
};

// As native_options, and a PCI function that can be reset again and again.
inline constexpr std::string_view options[] = {
    "--verbose",         "--manifest",     "machine create log",
    "--manifest",        "spare 33554432", "--manifest",
    "function virtio:4", "--device",       "virtio-rng-pci,disable-legacy=on,iommu_platform=on,ats=off"};

inline constexpr Job jobs[] = {
    {.linux_program = "", .exo_program = "bench/exo/revocation", .timeout_s = 120, .exo_options = options},
};

} // namespace revocation

inline constexpr BenchDefinition revocation_bench{
    .name = "revocation",
    .title = "Revocation: request to release, request to abort",
    .jobs = revocation::jobs,
    .rows = revocation::rows,
};

} // namespace bench
