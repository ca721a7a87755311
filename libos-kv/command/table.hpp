// The one table of commands, a part a family.
#pragma once

#include "libos-kv/command/command.hpp"

#include <array>
#include <span>

namespace exo::kv {

std::span<const CommandRow> connection_rows();
std::span<const CommandRow> strings_rows();
std::span<const CommandRow> keys_rows();
std::span<const CommandRow> server_rows();
std::span<const CommandRow> hashes_rows();
std::span<const CommandRow> lists_rows();
std::span<const CommandRow> sets_rows();
std::span<const CommandRow> sorted_sets_rows();
std::span<const CommandRow> transactions_rows();
std::span<const CommandRow> pubsub_rows();
std::span<const CommandRow> cluster_rows();

inline std::array<std::span<const CommandRow>, 11> command_families() {
    return {connection_rows(), strings_rows(),     keys_rows(),         server_rows(), hashes_rows(), lists_rows(),
            sets_rows(),       sorted_sets_rows(), transactions_rows(), pubsub_rows(), cluster_rows()};
}

} // namespace exo::kv
