// Parsing of the `exo run` command line: one row an option, each with its own small check.
// Not here: anything that looks at the host. See host_limits.cpp for that, run.cpp for what happens next.
#include "tools/exo/options.hpp"

#include <algorithm>
#include <charconv>
#include <format>

namespace exo::tool {

namespace {

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
    Number value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || text.empty())
        return std::nullopt;
    return value;
}

using Effect = Outcome<void>;

Effect set_vcores(RunOptions& options, const std::string& text) {
    const auto count = parse_number<unsigned>(text);
    if (!count || *count == 0)
        return usage_error(std::format("--vcores needs a whole number from 1 to {}, not '{}'", vcores_max, text));
    if (*count > vcores_max)
        return usage_error(std::format("--vcores {}: at most {} are supported", *count, vcores_max));
    options.vcores = *count;
    options.vcores_given = true;
    return {};
}

Effect set_memory(RunOptions& options, const std::string& text) {
    const auto size = parse_size(text);
    if (!size)
        return usage_error("--memory: " + size.error().sentence);
    if (*size < memory_min_bytes)
        return usage_error(std::format("--memory {}: a machine needs at least {}M", text, memory_min_bytes >> 20));
    if (*size % 4096 != 0)
        return usage_error(std::format("--memory {}: not a multiple of 4096 bytes", text));
    options.memory_bytes = *size;
    return {};
}

Effect add_share(RunOptions& options, const std::string& text) {
    auto share = parse_share(text);
    if (!share)
        return std::unexpected(share.error());
    if (options.shares.size() == shares_max)
        return usage_error(std::format("--share: at most {} folders can be shared", shares_max));
    options.shares.push_back(std::move(*share));
    return {};
}

Effect add_file(RunOptions& options, const std::string& text) {
    const std::size_t split = text.rfind('=');
    ExtraFile file;
    file.host_path = text.substr(0, split);
    file.archive_name = split == std::string::npos ? text.substr(text.rfind('/') + 1) : text.substr(split + 1);
    if (file.host_path.empty() || file.archive_name.empty() || file.archive_name.front() == '/')
        return usage_error(std::format("--file needs PATH or PATH=NAME with a relative NAME, not '{}'", text));
    if (file.archive_name == "steward" || file.archive_name == "manifest")
        return usage_error(std::format("--file: the archive name '{}' is taken", file.archive_name));
    options.files.push_back(std::move(file));
    return {};
}

Effect add_environment(RunOptions& options, const std::string& text) {
    const std::size_t split = text.find('=');
    if (split == std::string::npos || split == 0)
        return usage_error(std::format("--env needs NAME=VALUE, not '{}'", text));
    options.environment.push_back(text);
    return {};
}

Effect set_timeout(RunOptions& options, const std::string& text) {
    const auto seconds = parse_number<unsigned>(text);
    if (!seconds || *seconds == 0 || *seconds > timeout_max_s)
        return usage_error(
            std::format("--timeout needs a whole number of seconds from 1 to {}, not '{}'", timeout_max_s, text));
    options.timeout_s = *seconds;
    return {};
}

Effect set_acceleration(RunOptions& options, const std::string& text) {
    if (text == "auto")
        options.acceleration = Acceleration::automatic;
    else if (text == "kvm")
        options.acceleration = Acceleration::kvm;
    else if (text == "tcg")
        options.acceleration = Acceleration::tcg;
    else
        return usage_error(std::format("--accel needs auto, kvm or tcg, not '{}'", text));
    return {};
}

Effect set_processor(RunOptions& options, const std::string& text) {
    if (text.empty())
        return usage_error("--cpu needs a processor in QEMU's words, such as max,-la57");
    options.processor = text;
    return {};
}

Effect set_capture(RunOptions& options, const std::string& text) {
    if (text.empty())
        return usage_error("--capture needs the beginning of names of files");
    options.capture_prefix = text;
    return {};
}

Effect set_trace(RunOptions& options, const std::string& text) {
    if (text.empty())
        return usage_error("--trace needs the name of a file");
    options.trace_file = text;
    return {};
}

Effect add_kernel_option(RunOptions& options, const std::string& text) {
    if (text.empty() || text.find('\0') != std::string::npos)
        return usage_error("--kernel-option needs NAME=VALUE, such as cores=0-1");
    options.kernel_options += (options.kernel_options.empty() ? "" : " ") + text;
    return {};
}

Effect set_kernel(RunOptions& options, const std::string& text) {
    if (text.empty())
        return usage_error("--kernel needs the name of a kernel image");
    options.kernel_file = text;
    return {};
}

Effect add_manifest_line(RunOptions& options, const std::string& text) {
    if (text.empty() || text.find('\n') != std::string::npos)
        return usage_error("--manifest needs one directive, such as 'machine create'");
    options.manifest_lines.push_back(text);
    return {};
}

Effect add_device(RunOptions& options, const std::string& text) {
    if (text.empty())
        return usage_error("--device needs a PCI device in QEMU's words, such as edu");
    if (options.devices.size() == devices_max)
        return usage_error(std::format("--device: at most {} devices can be added", devices_max));
    options.devices.push_back(text);
    return {};
}

Effect add_interface(RunOptions& options, const std::string& text) {
    auto interface = parse_interface(text);
    if (!interface)
        return std::unexpected(interface.error());
    if (options.interfaces.size() == interfaces_max)
        return usage_error(std::format("--net: at most {} interfaces can be added", interfaces_max));
    options.interfaces.push_back(std::move(*interface));
    return {};
}

Effect add_disk(RunOptions& options, const std::string& text) {
    auto disk = parse_disk(text);
    if (!disk)
        return std::unexpected(disk.error());
    if (options.disks.size() == disks_max)
        return usage_error(std::format("--disk: at most {} disks can be added", disks_max));
    options.disks.push_back(std::move(*disk));
    return {};
}

Effect set_address(RunOptions& options, const std::string& text) {
    auto address = parse_address(text);
    if (!address)
        return std::unexpected(address.error());
    if (options.interfaces.empty())
        return usage_error(std::format("--ip {}: an address belongs to the --net before it, and there is none", text));
    if (!options.interfaces.back().address.empty())
        return usage_error(std::format("--ip {}: the --net before it has an address already", text));
    options.interfaces.back().address = std::move(*address);
    return {};
}

struct ValueOption {
    std::string_view name;
    Effect (*apply)(RunOptions&, const std::string&);
};
constexpr ValueOption value_options[] = {
    {"--vcores", set_vcores},
    {"--memory", set_memory},
    {"--share", add_share},
    {"--file", add_file},
    {"--env", add_environment},
    {"--timeout", set_timeout},
    {"--capture", set_capture},
    {"--trace", set_trace},
    {"--accel", set_acceleration},
    {"--cpu", set_processor},
    {"--kernel", set_kernel},
    {"--kernel-option", add_kernel_option},
    {"--manifest", add_manifest_line},
    {"--device", add_device},
    {"--disk", add_disk},
    {"--net", add_interface},
    {"--ip", set_address},
};

struct FlagOption {
    std::string_view name;
    bool RunOptions::* flag;
};
constexpr FlagOption flag_options[] = {
    {"--gdb", &RunOptions::gdb},         {"--dry-run", &RunOptions::dry_run}, {"--icount", &RunOptions::icount},
    {"--verbose", &RunOptions::verbose}, {"--help", &RunOptions::help},
};

Outcome<RunOptions> check_together(RunOptions options) {
    if (options.icount && options.vcores != 1)
        return usage_error("--icount counts the instructions of one vcore: it cannot be used with --vcores above 1");
    if (options.icount && options.acceleration == Acceleration::kvm)
        return usage_error("--icount needs --accel tcg: KVM cannot count instructions exactly");
    if (const Effect checked = check_interfaces(options.interfaces); !checked)
        return std::unexpected(checked.error());
    for (const std::string& variable : options.environment)
        if (!options.interfaces.empty() && variable.starts_with("EXO_IP="))
            return usage_error("--env EXO_IP: with --net the addresses are said by --ip");
    return options;
}

} // namespace

Outcome<std::uint64_t> parse_size(std::string_view text) {
    const std::string shown(text);
    unsigned shift = 0;
    if (!text.empty()) {
        constexpr std::string_view suffixes = "KMGT";
        const std::size_t suffix = suffixes.find(text.back());
        if (suffix != std::string_view::npos) {
            shift = 10 * (static_cast<unsigned>(suffix) + 1);
            text.remove_suffix(1);
        }
    }
    const auto value = parse_number<std::uint64_t>(text);
    if (!value)
        return usage_error(
            std::format("a size is a number with an optional K, M, G or T, such as 512M, not '{}'", shown));
    if (*value > (UINT64_MAX >> shift))
        return usage_error(std::format("the size '{}' is too large", shown));
    return *value << shift;
}

Outcome<Share> parse_share(std::string_view text) {
    Share share;
    if (text.ends_with(":ro")) {
        share.access = ShareAccess::read_only;
        text.remove_suffix(3);
    } else if (text.ends_with(":rw")) {
        text.remove_suffix(3);
    }
    if (text.empty())
        return usage_error("--share needs the name of a folder");
    share.path = text;
    return share;
}

Outcome<RunOptions> parse_run_options(std::span<const std::string> words) {
    RunOptions options;
    std::size_t index = 0;
    for (; index < words.size() && words[index].starts_with('-'); ++index) {
        const std::string& word = words[index];
        if (word == "--") {
            ++index;
            break;
        }
        const std::size_t equals = word.find('=');
        const std::string_view name = std::string_view(word).substr(0, equals);

        const auto* flag = std::ranges::find(flag_options, name, &FlagOption::name);
        if (flag != std::end(flag_options)) {
            if (equals != std::string::npos)
                return usage_error(std::format("{} takes no value", name));
            options.*(flag->flag) = true;
            continue;
        }
        const auto* option = std::ranges::find(value_options, name, &ValueOption::name);
        if (option == std::end(value_options))
            return usage_error(std::format("unknown option '{}'; `exo run --help` lists the options", word));
        if (equals == std::string::npos && index + 1 == words.size())
            return usage_error(std::format("{} needs a value", name));
        const std::string value = equals == std::string::npos ? words[++index] : word.substr(equals + 1);
        if (const Effect effect = option->apply(options, value); !effect)
            return std::unexpected(effect.error());
    }
    if (index < words.size()) {
        options.program = words[index];
        options.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(index) + 1, words.end());
        if (options.program.empty())
            return usage_error("the name of the program is empty");
    }
    return check_together(std::move(options));
}

std::string_view run_help() {
    return R"(usage: exo run [options] PROGRAM [ARGS...]
       exo run [options]                     run the main job: conjugate gradient on a stiffness matrix

Boots the exokernel in QEMU and runs PROGRAM, an ELF file linked by exo-cc, exo-c++ or exo-fc.
The exit status, stdout and stderr are the program's own; stdin is forwarded to it.

  --vcores N          dedicated cores of the program, 1 to 64 (default 1; the main job: up to 4)
  --memory SIZE       memory of the machine, such as 512M or 4G (default 1G)
  --share DIR[:ro]    show the host folder DIR as /share (:ro: read-only); the next ones are /share1, /share2, ...
  --file PATH[=NAME]  put one more host file into the boot archive as /NAME
  --env K=V           set one environment variable; can be repeated
  --timeout S         end the machine after S seconds, status 124
  --accel auto|kvm|tcg  auto: KVM where the processor has VT-x or AMD-V and it works, else TCG
  --cpu MODEL         the processor that TCG emulates, in QEMU's words, such as max,-la57 (default max)
  --icount            count instructions exactly: the TSC of the machine is its instruction counter (TCG, one vcore)
  --kernel FILE       boot this kernel image instead of the one that was built
  --kernel-option W   one word for the kernel's command line, such as cores=0-1 or slot-us=500; can be repeated
  --manifest LINE     one more directive for the steward, such as 'machine create' (steward/README.md); can be repeated
  --device SPEC       one more PCI function in QEMU's words, such as edu; can be repeated
  --disk IMAGE[,size=SIZE][,ro][,shared[=SIZE]][,virtual][,K=V...]
                      one more NVMe disk, a raw image, for programs on libos-hpc a file system at /data (the next: /data1,
                      ...), or blocks at /dev/exo/extent0 (extent1, ...); images of one set ('exo disk create --code') have
                      one file system. size: make it when it is not there; shared: the program gets blocks of it that are
                      its own from run to run (SIZE of them, or all that are left); virtual: it gets a virtual function of
                      the controller (SR-IOV) instead of all of it; K=V: of QEMU's nvme, such as logical_block_size=4096; qemu:DRIVE or qemu-shared:DRIVE: a drive in QEMU's words; can be repeated
  --net WIRE[,K=V...] one more NIC: user (NAT and DHCP of QEMU's own; hostfwd=tcp::8080-:80 leads in), hub:NAME (machines
                      joined by a name; given twice, inside this machine), tap:INTERFACE, qemu:NETDEV; can be repeated.
                      model=e1000e instead of virtio-net-pci, mac=..., queues=N (tap), and further properties such as packed=on;
                      bind=flows: the kernel shares the NIC, and the program gets the flows of its address
  --ip ADDRESS        of the --net before it: A.B.C.D/PREFIX[,GATEWAY] or dhcp (default for user); see EXO_IP
  --gdb               stop before the first instruction and wait for gdb on port 1234
  --capture NAME      write what passes each --net to NAME.nic0.pcap, NAME.nic1.pcap, ... as it passes (Wireshark and
                      tcpdump read it)
  --trace FILE        write the libOS's event trace to FILE (Perfetto and chrome://tracing open it), and what passes each
                      --net as --capture does, to FILE.nic0.pcap, ..., unless that names others
  --verbose           show the kernel's log on stderr (so does EXO_LOG=1 in the environment)
  --dry-run           print the QEMU command and stop

Status: the program's; 128+N when signal N ended it; 124 time limit; 125 the machine died;
2 a mistake on the command line; 1 a request that cannot be met.
)";
}

} // namespace exo::tool
