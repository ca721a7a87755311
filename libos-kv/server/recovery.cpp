// See recovery.hpp.
#include "libos-kv/server/recovery.hpp"

#include "libos-kv/data/dump.hpp"
#include "libos-kv/journal/record_reader.hpp"

namespace exo::kv {

namespace {

constexpr std::uint64_t foreseeing_part = 16; // of the journal is seen before more is told from it

} // namespace

Recovery::Recovery(Server& server, std::uint64_t octets)
    : server_(server), session_(0), octets_(octets), string_octets_max_(string_octets_max) {
    // What was once taken is taken again as long as it fits, whatever the machine had.
    const std::uint64_t memory = server.surroundings().memory_bytes, most = static_cast<std::uint64_t>(bulk_octets_max);
    string_octets_max = static_cast<std::size_t>(memory != 0 && memory < most ? memory : most);
}

Recovery::~Recovery() {
    fit();
    string_octets_max = string_octets_max_;
    server_.update_clock();
}

bool Recovery::visit(const RecordHeader& header, std::string_view key, std::string_view more) {
    const auto kind = static_cast<RecordKind>(header.kind);
    if (header.database >= databases_count || (header.flags & ~record_flag::all))
        return false;
    if (records_++ == 0)
        is_in_snapshot_ = kind == RecordKind::SnapshotBegin;
    if (const std::uint64_t most = server_.surroundings().memory_bytes / 8 * 7; most && used_bytes() > most) {
        is_out_of_memory_ = true;
        return false;
    }
    seen_octets_ += unit_length_octets + sizeof header + key.size() + more.size();
    if (!has_foreseen_ && seen_octets_ > octets_ / foreseeing_part)
        foresee();
    const bool is_ahead = is_in_snapshot_ && (header.flags & record_flag::ahead);
    const bool is_known = !is_in_snapshot_ && (header.flags & record_flag::scanned);
    switch (kind) {
    case RecordKind::Put:
        return is_ahead || is_known || put(header, key, more);
    case RecordKind::Erase:
        if (Entry* entry = is_ahead ? nullptr : server_.databases[header.database].find(key))
            server_.databases[header.database].erase(entry);
        return true;
    case RecordKind::Run:
        return is_ahead || run(header, key, more);
    case RecordKind::SnapshotBegin:
        if (records_ == 1)
            reserve(more);
        return more.size() == databases_count * sizeof(std::uint64_t);
    case RecordKind::SnapshotEnd:
        is_in_snapshot_ = false;
        return true;
    }
    return false;
}

// Indexes get the size that they will need at once: growing with their keys they would move each several times. The
// number of keys is what a snapshot begins with, or what there will be if the journal goes on as it began, and no more
// than can be in so many octets.
void Recovery::reserve(std::string_view counts) {
    const std::uint64_t most = octets_ / sizeof(RecordHeader);
    for (std::size_t number = 0; number < databases_count && counts.size() >= sizeof(std::uint64_t); number++) {
        std::uint64_t count;
        copy_bytes(&count, counts.data(), sizeof count);
        counts.remove_prefix(sizeof count);
        foreseen_[number] = count < most ? count : most;
        server_.databases[number].resize(foreseen_[number]);
    }
}

void Recovery::foresee() {
    has_foreseen_ = true;
    // Of an index that large the items fill the machine, unless they are tiny.
    const std::uint64_t memory = server_.surroundings().memory_bytes, most = memory ? memory / 128 : ~0ull;
    for (std::size_t number = 0; number < databases_count; number++) {
        Database& database = server_.databases[number];
        const std::uint64_t foreseen = database.size() * (octets_ / 1024) / (seen_octets_ / 1024 + 1);
        const std::uint64_t keys = foreseen < most ? foreseen : most;
        if (keys <= foreseen_[number])
            continue;
        foreseen_[number] = keys;
        database.resize(keys);
    }
}

// What was foreseen and did not come gives its memory back.
void Recovery::fit() {
    for (std::size_t number = 0; number < databases_count; number++)
        if (const std::size_t keys = server_.databases[number].size(); keys < foreseen_[number] / 4 * 3)
            server_.databases[number].resize(keys);
}

bool Recovery::put(const RecordHeader& header, std::string_view key, std::string_view value) {
    Database& database = server_.databases[header.database];
    const std::int64_t expiry = header.moment_ms;
    Entry* fresh = nullptr;
    switch (static_cast<ValueForm>(header.form)) {
    case ValueForm::Number: {
        std::int64_t number;
        if (value.size() != sizeof number)
            return false;
        copy_bytes(&number, value.data(), sizeof number);
        fresh = Entry::create_number(key, number, expiry);
        break;
    }
    case ValueForm::String:
    case ValueForm::EditedString:
        fresh = Entry::create_string(key, value, expiry);
        fresh->edited = static_cast<ValueForm>(header.form) == ValueForm::EditedString;
        break;
    case ValueForm::Object: {
        DumpProblem problem;
        fresh = restore_bare_value(value, key, expiry, 0, problem); // the journal packs nothing
        break;
    }
    }
    if (!fresh)
        return false;
    note_birth(*fresh, server_.access_clock());
    if (Entry* old = database.find(key))
        database.replace(old, fresh);
    else
        database.add(fresh);
    return true;
}

bool Recovery::run(const RecordHeader& header, std::string_view ready_key, std::string_view octets) {
    arguments_.clear();
    for (std::string_view argument; !octets.empty(); arguments_.push(argument))
        if (!take_argument(octets, argument))
            return false;
    const Command* command = arguments_.empty() ? nullptr : server_.find_command(arguments_[0]);
    const auto count = static_cast<int>(arguments_.size());
    if (!command || !command->runs_again || arguments_.size() > 1u << 30 ||
        (command->row->arity > 0 ? count != command->row->arity : count < -command->row->arity))
        return false;
    server_.now_ms_ = header.moment_ms;
    session_.database = header.database;
    const std::uint64_t errors = session_.reply.errors();
    Call call{server_, session_, session_.reply, *command, arguments_.data(), arguments_.size(), header.moment_ms};
    call.is_retry = (header.flags & record_flag::retry) != 0;
    call.ready_key = ready_key;
    command->row->run(call);
    session_.output.clear();
    const bool waits = session_.waiting != nullptr;
    server_.end_wait(session_);
    return !waits && session_.reply.errors() == errors;
}

} // namespace exo::kv
