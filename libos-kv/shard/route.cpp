// See route.hpp.
#include "libos-kv/shard/route.hpp"

#include "libos-kv/number/integer.hpp"

namespace exo::kv {

namespace {

struct SplitRow {
    std::string_view name;
    Merge merge;
    std::size_t step; // arguments from key to key
};
constexpr SplitRow split_rows[] = {{"del", Merge::Sum, 1},   {"unlink", Merge::Sum, 1},  {"exists", Merge::Sum, 1},
                                   {"touch", Merge::Sum, 1}, {"mget", Merge::Gather, 1}, {"mset", Merge::AllOk, 2}};

struct AllRow {
    std::string_view name;
    Merge merge;
};
constexpr AllRow all_rows[] = {
    {"dbsize", Merge::Sum},         {"keys", Merge::Join},         {"flushall", Merge::AllOk},
    {"flushdb", Merge::AllOk},      {"swapdb", Merge::AllOk},      {"randomkey", Merge::Any},
    {"info", Merge::Info},          {"config|set", Merge::AllOk},  {"config|resetstat", Merge::AllOk},
    {"save", Merge::AllOk},         {"bgsave", Merge::Same},       {"bgrewriteaof", Merge::Same},
    {"lastsave", Merge::Least},     {"slowlog|len", Merge::Sum},   {"slowlog|reset", Merge::AllOk},
    {"slowlog|get", Merge::Newest}, {"client|unblock", Merge::Sum}};

const SplitRow* split_row(const Command& command) {
    for (const SplitRow& row : split_rows)
        if (row.name == command.full_name())
            return &row;
    return nullptr;
}

bool has_keys(const CommandRow& row) {
    const std::string_view specs(row.key_specs);
    return !specs.empty() && !specs.starts_with("not_key"); // channels of shards are the front's
}

// The argument of the one key of a command that always has one; 0: it has more, or it is to be looked for.
std::size_t only_key(const CommandRow& row) {
    const bool is_plain = row.first_key > 0 && row.first_key == row.last_key && !(row.flags & flag::movablekeys);
    return is_plain && has_keys(row) && std::string_view(row.key_specs).find('|') == std::string_view::npos
               ? static_cast<std::size_t>(row.first_key)
               : 0;
}

} // namespace

std::size_t Router::split_step(const Command& command) {
    const SplitRow* row = split_row(command);
    return row ? row->step : 1;
}

Route Router::keyed(const Command& command, const std::string_view* arguments, std::size_t count) {
    places_.clear();
    owners_.clear();
    if (!find_keys(*command.row, arguments, count, places_))
        return {};
    bool is_one = true;
    for (const KeyPlace& place : places_) {
        owners_.push(static_cast<std::uint8_t>(shard_of(arguments[place.argument], shards_)));
        is_one &= owners_.back() == owners_[0];
    }
    const SplitRow* split = split_row(command);
    if (split && (count - 1) % split->step != 0)
        return {}; // the front says what is wrong with it
    if (is_one)
        return {Route::Kind::One, owners_[0]};
    return split ? Route{Route::Kind::Split, 0, split->merge} : Route{Route::Kind::Crossed};
}

Route Router::route(const Command& command, const std::string_view* arguments, std::size_t count) {
    const CommandRow& row = *command.row;
    if (const std::size_t key = only_key(row))
        return {Route::Kind::One, shard_of(arguments[key], shards_)};
    const std::string_view name = command.full_name();
    if (has_keys(row))
        return keyed(command, arguments, count);
    for (const AllRow& all : all_rows)
        if (all.name == name)
            return {Route::Kind::All, 0, all.merge};
    const bool is_scan = name == "scan";
    if (!is_scan && name != "cluster|countkeysinslot" && name != "cluster|getkeysinslot")
        return {};
    const auto number = parse_integer(arguments[is_scan ? 1 : 2]);
    if (!number || *number < 0 || (!is_scan && *number >= slots_count))
        return {};
    if (is_scan)
        return {Route::Kind::One, split_cursor(static_cast<std::uint64_t>(*number), shards_).shard, Merge::Scan};
    return {Route::Kind::One, shard_of_slot(static_cast<unsigned>(*number), shards_)};
}

bool runs_anywhere(const Command& command) {
    for (const char* name : {"ping", "echo", "select", "time"})
        if (command.full_name() == name)
            return true;
    return false;
}

ShardCursor split_cursor(std::uint64_t cursor, unsigned shards) {
    return {static_cast<unsigned>(cursor % shards), cursor / shards};
}

std::uint64_t next_cursor(unsigned shard, std::uint64_t next, unsigned shards) {
    if (next != 0)
        return next * shards + shard;
    return shard + 1 < shards ? shard + 1 : 0;
}

} // namespace exo::kv
