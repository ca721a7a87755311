// Rows of the command table: transactions and messages. What a column means: command.hpp.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/table.hpp"

namespace exo::kv {

namespace {

constexpr CommandRow rows[] = {
    {"multi", 1, flag::noscript | flag::loading | flag::stale | flag::fast | flag::allow_busy, "fast transaction", 0, 0,
     0, "", "", "1.2.0", "transactions", commands::multi},
    {"exec", 1, flag::noscript | flag::loading | flag::stale | flag::skip_slowlog, "slow transaction", 0, 0, 0, "", "",
     "1.2.0", "transactions", commands::exec},
    {"discard", 1, flag::noscript | flag::loading | flag::stale | flag::fast | flag::allow_busy, "fast transaction", 0,
     0, 0, "", "", "2.0.0", "transactions", commands::discard},
    {"watch", -2, flag::noscript | flag::loading | flag::stale | flag::fast | flag::allow_busy, "fast transaction", 1,
     -1, 1, "RO i1 r-1,1,0", "", "2.2.0", "transactions", commands::watch},
    {"unwatch", 1, flag::noscript | flag::loading | flag::stale | flag::fast | flag::allow_busy, "fast transaction", 0,
     0, 0, "", "", "2.2.0", "transactions", commands::unwatch},
};

} // namespace

std::span<const CommandRow> transactions_rows() {
    return rows;
}

} // namespace exo::kv
