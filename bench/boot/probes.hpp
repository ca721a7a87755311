// The boot bench's numbers that are found from outside: image size, least memory, lines.
// Pure counting and, for the memory, booting ever smaller machines. See rows.hpp.
#pragma once

#include "bench/harness/definition.hpp"

namespace bench::boot {

inline constexpr Job hello_job{.linux_program = "bench/linux/hello",
                               .exo_program = "bench/exo/hello",
                               .smoke_arguments = "",
                               .is_init = true,
                               .since_kernel_entry = true,
                               .timeout_s = 120};

// What the processor can execute or read of the kernel file: the bytes of its loadable
// segments, so that debug information counts for nobody.
std::expected<std::optional<double>, std::string> kernel_image_bytes(System& system, bool smoke);

// The smallest machine, in steps of a fixed list, in which hello still prints. A smoke
// run tries only the largest.
std::expected<std::optional<double>, std::string> smallest_memory_mib(System& system, bool smoke);

// Lines of C++ and assembly compiled into ring 0, without blank and comment-only lines.
// The peers have no such number here.
std::expected<std::optional<double>, std::string> ring0_code_lines(System& system, bool smoke);

} // namespace bench::boot
