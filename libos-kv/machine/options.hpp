// The words that the program was started with: --port P, --maxmemory OCTETS, --requirepass WORD, --durability none,
// batch or always, --metrics-port P, where the page of metrics is, and --announce ADDRESS:PORT, where clients reach it
// if that is not where it listens (behind a NAT, for example).
#pragma once

#include "libos-kv/server/recorder.hpp"
#include "libos/start/start_info.hpp"

#include <cstdint>
#include <string_view>

namespace exo::kv {

// Texts lie in the start block, which stays.
struct Options {
    std::uint16_t port = 6379;
    std::uint16_t metrics_port = 0;            // 0: none
    std::int64_t max_memory = -1;              // octets; -1: the server's own choice
    std::string_view password;                 // empty: none is asked for
    Durability durability = Durability::Batch; // of what is kept on a disk
    std::string_view announced_address;
    std::uint16_t announced_port = 0; // 0: nothing is announced
};

// Null, or one sentence that says what is wrong.
const char* read_options(const StartInfo& start, Options& options);

} // namespace exo::kv
