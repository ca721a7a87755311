// The QEMU command line of one machine, from a checked request. Pure: it starts nothing and opens nothing,
// so `--dry-run` and the tests see exactly what a run would use. Next: machine.hpp, which starts it.
#pragma once

#include "tools/exo/host_limits.hpp"
#include "tools/exo/options.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace exo::tool {

// The byte streams between host and machine. A socket leads in, pipes lead out; the kernel's log is the serial line,
// the others are named ports of the console device.
enum class Stream { kernel_log, standard_input, standard_output, standard_error, trace };
inline constexpr std::size_t stream_count = 5;
inline constexpr std::array<std::string_view, stream_count> stream_names = {"exo.log", "exo.stdin", "exo.stdout",
                                                                            "exo.stderr", "exo.trace"};

struct MachinePaths {
    std::string kernel;
    std::string archive;
    // The descriptor QEMU inherits for each stream, indexed by Stream.
    std::array<int, stream_count> descriptors;
};

inline constexpr std::string_view qemu_program = "qemu-system-x86_64";

std::vector<std::string> qemu_command(const RunOptions& options, Accelerator accelerator, const MachinePaths& paths);

// The pcap file of a NIC: PREFIX.nic0.pcap for the first --net, and so on.
std::string capture_file(const std::string& prefix, std::size_t index);

// One line that a shell reads back as the same words.
std::string shell_line(const std::vector<std::string>& words);

} // namespace exo::tool
