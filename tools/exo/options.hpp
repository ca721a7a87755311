// The options of `exo run`, parsed from the command line and checked as far as text alone can say.
// What needs the host (does the file exist, how much memory is there) is checked in host_limits.hpp and elf_check.hpp.
#pragma once

#include "tools/exo/disk.hpp"
#include "tools/exo/net.hpp"
#include "tools/exo/outcome.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exo::tool {

inline constexpr unsigned vcores_max = 64;
inline constexpr std::uint64_t memory_min_bytes = 8ull << 20;
inline constexpr std::size_t shares_max = 4;
inline constexpr std::size_t devices_max = 12;
inline constexpr unsigned timeout_max_s = 7 * 24 * 3600;

enum class Acceleration { automatic, kvm, tcg };
enum class ShareAccess { read_write, read_only };

struct Share {
    std::string path;
    ShareAccess access = ShareAccess::read_write;
};

// A host file put into the boot archive beside the program.
struct ExtraFile {
    std::string host_path;
    std::string archive_name;
};

struct RunOptions {
    unsigned vcores = 1;
    std::uint64_t memory_bytes = 1ull << 30;
    std::vector<Share> shares;
    std::vector<ExtraFile> files;
    std::vector<std::string> environment; // each K=V
    std::optional<unsigned> timeout_s;
    std::optional<std::string> trace_file;
    std::optional<std::string> capture_prefix; // of the files that what passes each NIC is written to; see capture_file
    std::vector<std::string> manifest_lines;   // further directives, see steward/README.md
    std::vector<std::string> devices;          // further PCI functions, in QEMU's words
    std::vector<NetInterface> interfaces;      // NICs, in the order of --net
    std::vector<DiskImage> disks;              // in the order of --disk
    std::string shown_lines;                   // lines of the kernel's log that begin so are shown; empty: none
    std::string kernel_options;                // words for the kernel's command line
    std::string processor = "max";             // what TCG emulates, in QEMU's words; KVM gives the host's
    std::optional<std::string> kernel_file;    // instead of the kernel that was built
    Acceleration acceleration = Acceleration::automatic;
    bool vcores_given = false;
    bool gdb = false;
    bool dry_run = false;
    bool icount = false;
    bool verbose = false;
    bool help = false;
    std::string program; // empty: the main job
    std::vector<std::string> arguments;
};

// `words` are the words after `exo run`. Options end at the program's name or at `--`.
Outcome<RunOptions> parse_run_options(std::span<const std::string> words);

// SIZE is a whole number of bytes with an optional binary suffix K, M, G or T.
Outcome<std::uint64_t> parse_size(std::string_view text);

// DIR or DIR:ro or DIR:rw.
Outcome<Share> parse_share(std::string_view text);

std::string_view run_help();

} // namespace exo::tool
