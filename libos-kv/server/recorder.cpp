// What changed becomes records, units of them, and batches. Snapshots: snapshot.cpp. Interface: recorder.hpp.
#include "libos-kv/server/recorder.hpp"

#include "libos-kv/data/dump.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

namespace {

// Commands that do the same once more from what there was, the clock and nothing else, and change every key that they
// look at and that is there. What comes of others is recorded.
constexpr std::string_view rerun_names[] = {
    "append",    "blmove",   "blmpop",    "blpop",          "brpop",           "brpoplpush",
    "bzmpop",    "bzpopmax", "bzpopmin",  "expire",         "expireat",        "flushall",
    "flushdb",   "getex",    "hdel",      "hincrby",        "hincrbyfloat",    "hmset",
    "hset",      "hsetnx",   "linsert",   "lmove",          "lmpop",           "lpop",
    "lpush",     "lpushx",   "lrem",      "lset",           "ltrim",           "move",
    "persist",   "pexpire",  "pexpireat", "rename",         "renamenx",        "rpop",
    "rpoplpush", "rpush",    "rpushx",    "sadd",           "setbit",          "setrange",
    "smove",     "srem",     "swapdb",    "zadd",           "zincrby",         "zmpop",
    "zpopmax",   "zpopmin",  "zrem",      "zremrangebylex", "zremrangebyrank", "zremrangebyscore"};

constexpr std::size_t direct_octets = 64 * 1024; // values from this size on are not copied into the unit first

} // namespace

std::string_view durability_name(Durability durability) {
    switch (durability) {
    case Durability::None:
        return "none";
    case Durability::Batch:
        return "batch";
    case Durability::Always:
        return "always";
    }
    return {};
}

bool runs_again(std::string_view name) {
    for (const std::string_view known : rerun_names)
        if (known == name)
            return true;
    return false;
}

Recorder::Recorder(Server& server, Log& log, Durability durability, std::size_t empty_bytes)
    : server_(server), log_(log), durability_(durability), empty_bytes_(empty_bytes) {
    (void)unit_.grow(unit_length_octets);
    snapshot_s_ = server.now_ms() / 1000;
    server.config.durability = durability;
}

void Recorder::touched(std::size_t database, std::string_view key) {
    const auto size = static_cast<std::uint32_t>(key.size());
    touched_.append(static_cast<char>(database));
    copy_bytes(touched_.grow(sizeof size), &size, sizeof size);
    touched_.append(key);
}

// visit(database, key)
template <typename Visit>
void Recorder::for_each_touched(Visit visit) const {
    std::string_view left = touched_, last;
    while (!left.empty()) {
        std::uint32_t size;
        copy_bytes(&size, left.data() + 1, sizeof size);
        const std::string_view item = left.substr(0, 1 + sizeof size + size);
        left.remove_prefix(item.size());
        if (!same_octets(item, last))
            visit(static_cast<std::size_t>(item[0]), item.substr(1 + sizeof size));
        last = item;
    }
}

void Recorder::add_instead(std::string_view argument) {
    const auto size = static_cast<std::uint32_t>(argument.size());
    copy_bytes(instead_.grow(sizeof size), &size, sizeof size);
    instead_.append(argument);
}

void Recorder::ran(const Call& call) {
    session_ = &call.session;
    if (databases_touched_) {
        // Of two databases that change places parts may have been scanned.
        scanning_ = scanning_ && call.command.full_name() != "swapdb";
        record_run(call, 0);
    } else if (!touched_.empty() && (call.command.runs_again || !instead_.empty())) {
        bool any_ahead = false, any_behind = false;
        for_each_touched([&](std::size_t database, std::string_view key) {
            (is_ahead(database, key) ? any_ahead : any_behind) = true;
        });
        record_run(call, any_ahead ? record_flag::ahead : 0);
        // Who begins at the snapshot cannot run it, for want of what was there.
        if (any_ahead && any_behind)
            for_each_touched([&](std::size_t database, std::string_view key) {
                if (!is_ahead(database, key))
                    record_state(database, key, 0);
            });
    } else {
        for_each_touched([&](std::size_t database, std::string_view key) {
            record_state(database, key, is_ahead(database, key) ? record_flag::ahead : 0);
        });
    }
    databases_touched_ = false;
    touched_.clear();
    instead_.clear();
}

void Recorder::erased(std::size_t database, std::string_view key) {
    begin_unit();
    record_state(database, key, is_ahead(database, key) ? record_flag::ahead : 0);
    end_unit();
}

void Recorder::record_run(const Call& call, std::uint8_t flags) {
    if (instead_.empty())
        for (std::size_t index = 0; index < call.count; index++)
            add_instead(call[index]);
    if (call.is_retry)
        flags |= record_flag::retry;
    add({static_cast<std::uint8_t>(RecordKind::Run), static_cast<std::uint8_t>(call.session.database), flags, 0,
         static_cast<std::uint32_t>(call.ready_key.size()), instead_.size(), call.now_ms},
        call.ready_key, instead_);
}

void Recorder::record_state(std::size_t database, std::string_view key, std::uint8_t flags) {
    if (Entry* entry = server_.databases[database].find(key))
        return record_entry(database, *entry, flags);
    add({static_cast<std::uint8_t>(RecordKind::Erase), static_cast<std::uint8_t>(database), flags, 0,
         static_cast<std::uint32_t>(key.size()), 0, 0},
        key, {});
}

void Recorder::record_entry(std::size_t database, Entry& entry, std::uint8_t flags) {
    ValueForm form = entry.edited ? ValueForm::EditedString : ValueForm::String;
    StringScratch scratch;
    std::string_view value;
    if (entry.form() == Entry::Form::Number) {
        form = ValueForm::Number;
        value = {reinterpret_cast<const char*>(&entry.word().number),
                 sizeof entry.word().number}; // Safe: octets of it.
    } else if (entry.type() == Type::String) {
        value = string_of(entry, scratch);
    } else {
        form = ValueForm::Object;
        value_.clear();
        dump_bare_value(entry, value_);
        value = value_;
    }
    add({static_cast<std::uint8_t>(RecordKind::Put), static_cast<std::uint8_t>(database), flags,
         static_cast<std::uint8_t>(form), static_cast<std::uint32_t>(entry.key_size()), value.size(), entry.expiry()},
        entry.key(), value);
    if (value_.room() > direct_octets)
        value_.reset();
}

void Recorder::add(const RecordHeader& header, std::string_view key, std::string_view more) {
    add_octets({reinterpret_cast<const char*>(&header), sizeof header}); // Safe: plain data of the format.
    add_octets(key);
    add_octets(more);
}

// Into the unit, or into the log when it becomes long.
void Recorder::add_octets(std::string_view octets) {
    if (unit_.size() + octets.size() > Log::short_octets_max || octets.size() >= direct_octets) {
        broken_ = broken_ || (!is_long_ && !log_.begin_long());
        is_long_ = true;
        broken_ = broken_ || !log_.add_long(unit_.view().substr(unit_length_octets));
        unit_.shrink(unit_length_octets);
        if (octets.size() >= direct_octets) {
            broken_ = broken_ || !log_.add_long(octets);
            return;
        }
    }
    unit_.append(octets);
}

void Recorder::end_unit() {
    if (--depth_ == 0 && (is_long_ || unit_.size() > unit_length_octets)) {
        changes_++;
        if (!finish_unit()) {
            // What ran is in memory alone: nobody is to be told that it was done.
            lagging_ = true;
            scanning_ = false;
            if (session_ && durability_ != Durability::None)
                session_->broken = true;
        }
    }
    if (depth_ == 0)
        session_ = nullptr;
}

bool Recorder::finish_unit() {
    if (is_long_) {
        broken_ = broken_ || !log_.add_long(unit_.view().substr(unit_length_octets));
        broken_ = broken_ || !log_.end_long();
    } else {
        broken_ = !log_.append({unit_.data(), unit_.size()});
    }
    const bool is_taken = !broken_;
    is_long_ = broken_ = false;
    unit_.shrink(unit_length_octets);
    if (unit_.room() > direct_octets) {
        unit_.reset();
        (void)unit_.grow(unit_length_octets);
    }
    return is_taken;
}

} // namespace exo::kv
