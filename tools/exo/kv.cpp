// Options of its own are read here, those that a machine has by the parser of `exo run`.
#include "tools/exo/kv.hpp"

#include "tools/exo/net_host.hpp"
#include "tools/exo/run.hpp"

#include <algorithm>
#include <format>
#include <print>

namespace exo::tool {

namespace {

constexpr std::string_view help =
    R"(usage: exo kv [options]

Boots a machine that is a key-value store and nothing else, and serves Redis' protocol (RESP2 and RESP3) at a port of this
host's loopback until Ctrl-C or SHUTDOWN. A line on stderr says when it serves. Keys live in its memory, and on a disk if it has one.

  --port P            the port, here and in the machine (default 6379)
  --metrics-port P    a second port, here and in the machine, with metrics (OpenMetrics) at http://127.0.0.1:P/metrics
  --memory SIZE       memory of the machine, such as 512M or 4G (default 1G, at least 64M)
  --maxmemory SIZE    what keys and connections may take of it (default three quarters); CONFIG SET changes it
  --requirepass WORD  clients must say AUTH WORD first
  --disk IMAGE[,size=SIZE]
                      keys are kept on that disk image; it is made if it is not there, of that size, at least 20M and best four
                      times what the keys take. An image that holds something else is refused and left as it is. SHUTDOWN
                      closes it; Ctrl-C is as if the power went
  --durability none|batch|always
                      always: a reply means that what it tells of is on the disk; batch (default): what was acknowledged in
                      the last 100 ms can be lost; none: it is written when it is convenient
  --vcores N          processors that the keys are shared out among (default 1); commands with keys on several of them are
                      refused as a cluster's node refuses them, unless libos-kv/shard/README.md says otherwise
  --net WIRE[,K=V...] the NIC's wire instead of the loopback's port, as `exo run` takes it; --ip ADDRESS is its address
  --ip ADDRESS        of the --net before it: A.B.C.D/PREFIX[,GATEWAY] or dhcp
  --trace FILE        requests, connections, commits and sleep over time, written at SHUTDOWN; see `exo run --help`
  --timeout S         end the machine after S seconds, status 124
  --accel auto|kvm|tcg, --icount, --capture NAME, --verbose, --dry-run
                      as `exo run --help` describes them

Status: 0 after SHUTDOWN or Ctrl-C; 2 a mistake on the command line; 1 a request that cannot be met; 124 time limit;
125 the machine died.
)";

constexpr std::string_view machine_values[] = {"--vcores",  "--memory", "--net",     "--ip",   "--disk",
                                               "--timeout", "--accel",  "--capture", "--trace"};
constexpr std::string_view machine_flags[] = {"--icount", "--verbose", "--dry-run"};

// The value of an option: behind =, or the next word.
Outcome<std::string> take_value(std::span<const std::string> words, std::size_t& index, std::string_view name) {
    const std::string& word = words[index];
    if (word.size() > name.size())
        return word.substr(name.size() + 1);
    if (index + 1 == words.size())
        return usage_error(std::format("{} needs a value", name));
    return words[++index];
}

Outcome<std::uint16_t> parse_port(std::string_view name, const std::string& text) {
    unsigned long port = 0;
    const bool digits =
        !text.empty() && text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (digits)
        port = std::stoul(text);
    if (port < 1 || port > 65535)
        return usage_error(std::format("{} needs a number from 1 to 65535, not '{}'", name, text));
    return static_cast<std::uint16_t>(port);
}

// How clients reach the machine, where that is known and not its own address.
std::string announced_address(const KvRun& run) {
    if (!run.own_network)
        return std::format("127.0.0.1:{}", run.port);
    const auto& interfaces = run.options.interfaces;
    if (interfaces.size() != 1 || interfaces[0].forwards.size() != 1 || !interfaces[0].forwards[0].tcp)
        return {};
    const HostForward& forward = interfaces[0].forwards[0];
    return std::format("{}:{}", forward.host_address.empty() ? "127.0.0.1" : forward.host_address, forward.host_port);
}

// What the command line says beside the machine's own options.
struct OwnOptions {
    std::uint16_t port = kv_port_default;
    std::uint16_t metrics_port = 0; // 0: none
    std::optional<std::uint64_t> max_memory;
    std::optional<std::string> password;
    std::optional<std::string> durability;
};

constexpr std::string_view own_names[] = {"--port", "--metrics-port", "--maxmemory", "--requirepass", "--durability"};

Outcome<void> set_own(OwnOptions& own, std::string_view name, const std::string& value) {
    if (name == "--port" || name == "--metrics-port") {
        const auto port = parse_port(name, value);
        if (!port)
            return std::unexpected(port.error());
        (name == "--port" ? own.port : own.metrics_port) = *port;
    } else if (name == "--maxmemory") {
        const auto size = parse_size(value);
        if (!size)
            return usage_error("--maxmemory: " + size.error().sentence);
        if (*size == 0)
            return usage_error("--maxmemory needs more than nothing");
        own.max_memory = *size;
    } else if (name == "--durability") {
        if (value != "none" && value != "batch" && value != "always")
            return usage_error(std::format("--durability is none, batch or always, not '{}'", value));
        own.durability = value;
    } else {
        if (value.empty())
            return usage_error("--requirepass needs a password");
        own.password = value;
    }
    return {};
}

Outcome<void> check_machine(const RunOptions& options, const OwnOptions& own) {
    const std::uint64_t memory_least = kv_memory_min_bytes + (options.vcores - 1) * kv_memory_vcore_bytes;
    if (options.memory_bytes < memory_least)
        return usage_error(std::format("--memory: the store's machine needs at least {}M", memory_least >> 20));
    if (options.disks.size() > 1)
        return usage_error("--disk: keys are kept on one disk");
    if (options.disks.size() == 1 && options.disks[0].read_only)
        return usage_error("--disk: keys cannot be kept on a disk that is read-only");
    if (options.disks.size() == 1 && options.disks[0].create_bytes.value_or(kv_disk_min_bytes) < kv_disk_min_bytes)
        return usage_error(std::format("--disk: keys need an image of at least {}M", kv_disk_min_bytes >> 20));
    if (options.disks.empty() && own.durability && *own.durability != "none")
        return usage_error(std::format("--durability {} needs a disk: --disk IMAGE,size=1G", *own.durability));
    if (options.interfaces.size() > 1)
        return usage_error("--net: the store has one NIC");
    if (own.metrics_port == own.port)
        return usage_error(std::format("--metrics-port {}: it needs a port of its own", own.metrics_port));
    if (const std::uint64_t most = options.memory_bytes / 4 * 3; own.max_memory && *own.max_memory > most)
        return usage_error(std::format("--maxmemory: of a machine of {} MiB the store may have at most {} MiB",
                                       options.memory_bytes >> 20, most >> 20));
    return {};
}

// The machine's ports as ports of this host's loopback.
std::string loopback_wire(const OwnOptions& own) {
    std::string wire = std::format("--net=user,hostfwd=tcp:127.0.0.1:{0}-:{0}", own.port);
    if (own.metrics_port)
        wire += std::format(",hostfwd=tcp:127.0.0.1:{0}-:{0}", own.metrics_port);
    return wire;
}

// The words that the program in the machine gets.
std::vector<std::string> program_words(const KvRun& run, const OwnOptions& own) {
    std::vector<std::string> words = {"--port", std::format("{}", own.port)};
    if (own.metrics_port)
        words.insert(words.end(), {"--metrics-port", std::format("{}", own.metrics_port)});
    if (own.max_memory)
        words.insert(words.end(), {"--maxmemory", std::format("{}", *own.max_memory)});
    if (own.durability)
        words.insert(words.end(), {"--durability", *own.durability});
    if (own.password)
        words.insert(words.end(), {"--requirepass", *own.password});
    if (const std::string address = announced_address(run); !address.empty())
        words.insert(words.end(), {"--announce", address});
    return words;
}

template <std::size_t count>
bool is_among(const std::string_view (&names)[count], std::string_view name) {
    return std::ranges::find(names, name) != std::end(names);
}

} // namespace

Outcome<KvRun> parse_kv(std::span<const std::string> words) {
    KvRun run;
    OwnOptions own;
    std::vector<std::string> machine_words;
    for (std::size_t index = 0; index < words.size(); ++index) {
        const std::string& word = words[index];
        const std::string_view name = std::string_view(word).substr(0, word.find('='));
        if (word == "--help") {
            run.help = true;
            return run;
        }
        if (is_among(machine_flags, name)) {
            machine_words.push_back(word);
            continue;
        }
        if (!is_among(machine_values, name) && !is_among(own_names, name))
            return usage_error(std::format("unknown option '{}'; `exo kv --help` lists the options", word));
        const auto value = take_value(words, index, name);
        if (!value)
            return std::unexpected(value.error());
        run.own_network = run.own_network || name == "--net";
        if (is_among(machine_values, name))
            machine_words.push_back(std::format("{}={}", name, *value));
        else if (const auto set = set_own(own, name, *value); !set)
            return std::unexpected(set.error());
    }
    run.port = own.port;
    run.metrics_port = own.metrics_port;
    if (!run.own_network)
        machine_words.insert(machine_words.begin(), loopback_wire(own));
    auto options = parse_run_options(machine_words);
    if (!options)
        return std::unexpected(options.error());
    if (const auto checked = check_machine(*options, own); !checked)
        return std::unexpected(checked.error());
    run.options = std::move(*options);
    run.options.arguments = program_words(run, own);
    run.options.manifest_lines.push_back("machine log");
    run.options.shown_lines = "kv: ";
    return run;
}

namespace {

std::string no_port(const KvRun& run) {
    if (run.metrics_port)
        return std::format("port {} or {} of this host's loopback cannot be had, perhaps because something listens "
                           "there; --port P and --metrics-port P take others",
                           run.port, run.metrics_port);
    return std::format("port {} of this host's loopback cannot be had, perhaps because something listens there; "
                       "--port P takes another one",
                       run.port);
}

} // namespace

int kv_main(std::span<const std::string> words) {
    auto run = parse_kv(words);
    if (!run)
        return report(run.error());
    if (run->help) {
        std::print("{}", help);
        return 0;
    }
    if (!run->own_network && !check_interface_host(run->options.interfaces[0]))
        return report({status_failed, no_port(*run)});
    run->options.program = repository_root() / "build/libos-kv/kv";
    const int status = run_program(std::move(run->options));
    return status == status_interrupted ? 0 : status;
}

} // namespace exo::tool
