// Snapshots, as parts of the journal: every key is put, some at each turn, in the order of hashes, and with the last of
// them what is before the first is not needed any more. Nothing is copied before it is changed: what changes is
// recorded in any case, and a record says whether the snapshot had come to its keys. Interface: recorder.hpp.
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

namespace {

constexpr std::uint64_t staged_octets_max = 256 * 1024; // that wait to be written, while a snapshot goes on
constexpr std::uint64_t room_kept = 512 * 1024;         // for what makes room
constexpr unsigned cursor_shift = 24;                   // of a hash: Index::scan

} // namespace

// Whether a snapshot that is under way has still to come to a key.
bool Recorder::is_ahead(std::size_t database, std::string_view key) const {
    if (!scanning_ || database < scan_.database)
        return false;
    return database > scan_.database || hash_octets(key) >> cursor_shift >= scan_.cursor;
}

// About what the keys take in a snapshot.
std::uint64_t Recorder::live_octets() const {
    const std::size_t used = used_bytes();
    const std::uint64_t keys = used > empty_bytes_ ? used - empty_bytes_ : 0;
    return keys + keys / 8;
}

std::uint64_t Recorder::snapshot_octets() const {
    const std::uint64_t live = live_octets();
    if (!scanning_)
        return live;
    return live > scanned_octets_ ? live - scanned_octets_ : 0;
}

// Whether much of the journal is of no use, or all of it that can be had is needed.
bool Recorder::wants_snapshot() const {
    const std::uint64_t live = live_octets(), octets = log_.position() - log_.beginning(), room = log_.room();
    if (room < live + room_kept)
        return false; // it would not fit
    const bool is_low = room < 2 * live + 4 * room_kept && octets > live + live / 2 + room_kept;
    return snapshot_asked_ || lagging_ || is_low || octets > 2 * live + journal_octets_min;
}

bool Recorder::begin_snapshot() {
    if (scanning_ && !snapshots_follow)
        return false;
    snapshot_asked_ = true;
    return true;
}

bool Recorder::write_snapshot() {
    snapshot_asked_ = true;
    do {
        scan_some();
        if (!log_.commit())
            return false;
        committed_position_ = log_.position();
    } while (scanning_);
    return !snapshot_asked_ && !lagging_;
}

void Recorder::scan_some() {
    if (!scanning_) {
        if (!wants_snapshot())
            return;
        std::uint64_t counts[databases_count];
        for (std::size_t number = 0; number < databases_count; number++)
            counts[number] = server_.databases[number].size();
        snapshot_begin_ = log_.position();
        scanned_octets_ = 0;
        scan_ = {};
        begin_unit();
        add({static_cast<std::uint8_t>(RecordKind::SnapshotBegin), 0, 0, 0, 0, sizeof counts, 0}, {},
            {reinterpret_cast<const char*>(counts), sizeof counts}); // Safe: numbers as octets.
        scanning_ = true;                                            // until end_unit finds that it cannot be
        snapshot_asked_ = false;
        end_unit();
    }
    if (!scanning_ || log_.position() - committed_position_ > staged_octets_max)
        return;
    const std::uint64_t before = log_.position();
    begin_unit();
    while (scan_.database < databases_count && !is_long_ && unit_.size() < scan_octets) {
        scan_.cursor = server_.databases[scan_.database].keys().scan(
            scan_.cursor, [&](Entry& entry) { record_entry(scan_.database, entry, record_flag::scanned); });
        scan_.database += scan_.cursor == 0;
    }
    const bool is_over = scan_.database == databases_count;
    if (is_over)
        add({static_cast<std::uint8_t>(RecordKind::SnapshotEnd), 0, 0, 0, 0, 0, 0}, {}, {});
    const std::uint64_t changes = changes_;
    end_unit();
    changes_ = changes; // nothing did
    scanned_octets_ += log_.position() - before;
    if (scanning_ && is_over)
        end_snapshot();
}

void Recorder::end_snapshot() {
    if (!log_.begin_at(snapshot_begin_))
        return; // at the next turn
    scanning_ = lagging_ = false;
    changes_ = 0;
    snapshot_s_ = server_.now_ms() / 1000;
}

} // namespace exo::kv
