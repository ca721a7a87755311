// `exo kv`: boots libos-kv's machine, so that clients of Redis reach it at a port of this host.
#pragma once

#include "tools/exo/options.hpp"

namespace exo::tool {

inline constexpr std::uint64_t kv_memory_min_bytes = 64ull << 20;
inline constexpr std::uint64_t kv_memory_vcore_bytes = 8ull << 20; // more for each further vcore
inline constexpr std::uint64_t kv_disk_min_bytes = 20ull << 20;
inline constexpr std::uint16_t kv_port_default = 6379;

// `exo kv` as the run that it is: `program` is libos-kv's, as its arguments say. Text alone.
struct KvRun {
    RunOptions options;
    std::uint16_t port = kv_port_default;
    std::uint16_t metrics_port = 0; // 0: none
    bool own_network = false;       // --net was given; else the port of the loopback leads in
    bool help = false;
};

// `words` are the words after `exo kv`.
Outcome<KvRun> parse_kv(std::span<const std::string> words);

// Blocks until the machine ends. 0 after SHUTDOWN or Ctrl-C.
int kv_main(std::span<const std::string> words);

} // namespace exo::tool
