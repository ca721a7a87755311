// Rows of the command table: channels. What a column means: command.hpp.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/table.hpp"

namespace exo::kv {

namespace {

constexpr std::uint32_t listening = flag::pubsub | flag::noscript | flag::loading | flag::stale;
constexpr std::uint32_t sending = flag::pubsub | flag::loading | flag::stale | flag::fast | flag::may_replicate;
constexpr std::uint32_t inspecting = flag::pubsub | flag::loading | flag::stale;

constexpr CommandRow rows[] = {
    {"subscribe", -2, listening, "pubsub slow", 0, 0, 0, "", "", "2.0.0", "pubsub", commands::subscribe},
    {"unsubscribe", -1, listening, "pubsub slow", 0, 0, 0, "", "", "2.0.0", "pubsub", commands::unsubscribe},
    {"psubscribe", -2, listening, "pubsub slow", 0, 0, 0, "", "", "2.0.0", "pubsub", commands::psubscribe},
    {"punsubscribe", -1, listening, "pubsub slow", 0, 0, 0, "", "", "2.0.0", "pubsub", commands::punsubscribe},
    {"publish", 3, sending, "pubsub fast", 0, 0, 0, "", "", "2.0.0", "pubsub", commands::publish},
    {"ssubscribe", -2, listening, "pubsub slow", 1, -1, 1, "not_key i1 r-1,1,0", "", "7.0.0", "pubsub",
     commands::ssubscribe},
    {"sunsubscribe", -1, listening, "pubsub slow", 1, -1, 1, "not_key i1 r-1,1,0", "", "7.0.0", "pubsub",
     commands::sunsubscribe},
    {"spublish", 3, sending, "pubsub fast", 1, 1, 1, "not_key i1 r0,1,0", "", "7.0.0", "pubsub", commands::spublish},
    {"pubsub", -2, 0, "slow", 0, 0, 0, "", "", "2.8.0", "pubsub", nullptr},
    {"pubsub|channels", -2, inspecting, "pubsub slow", 0, 0, 0, "", "", "2.8.0", "pubsub", commands::pubsub_channels},
    {"pubsub|numpat", 2, inspecting, "pubsub slow", 0, 0, 0, "", "", "2.8.0", "pubsub", commands::pubsub_numpat},
    {"pubsub|numsub", -2, inspecting, "pubsub slow", 0, 0, 0, "", "", "2.8.0", "pubsub", commands::pubsub_numsub},
    {"pubsub|shardchannels", -2, inspecting, "pubsub slow", 0, 0, 0, "", "", "7.0.0", "pubsub",
     commands::pubsub_shardchannels},
    {"pubsub|shardnumsub", -2, inspecting, "pubsub slow", 0, 0, 0, "", "", "7.0.0", "pubsub",
     commands::pubsub_shardnumsub},
    {"pubsub|help", 2, flag::loading | flag::stale, "slow", 0, 0, 0, "", "", "6.2.0", "pubsub", commands::pubsub_help},
};

} // namespace

std::span<const CommandRow> pubsub_rows() {
    return rows;
}

} // namespace exo::kv
