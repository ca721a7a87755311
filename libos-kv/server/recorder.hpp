// What keeps keys across the end of the machine: records what commands changed in a journal (journal/record.hpp), says
// which replies must wait until that is durable, and writes snapshots, so that the journal's beginning can go. One
// vcore, as the server.
#pragma once

#include "libos-kv/journal/log.hpp"
#include "libos-kv/server/durability.hpp"
#include "libos-kv/server/group_commit.hpp"
#include "libos-kv/session/session.hpp"

namespace exo::kv {

struct Call;
struct Entry;
class Server;

// Whether requests of a command are recorded, and not what comes of them.
bool runs_again(std::string_view command);

// What was there when the store was opened.
struct Recovered {
    std::uint64_t keys = 0, octets = 0, records = 0, milliseconds = 0;
};

class Recorder {
public:
    // Of a server that has the keys that the log leads to, or will have them. `empty_bytes`: used_bytes() without keys.
    Recorder(Server& server, Log& log, Durability durability, std::size_t empty_bytes = used_bytes());
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    // Around a command or transaction, whose records are one unit then.
    void begin_unit() { depth_++; }
    void end_unit();
    // A command that is running changed a key, or whole databases.
    void touched(std::size_t database, std::string_view key);
    void touched_databases() { databases_touched_ = true; }
    // What runs is to be recorded as another request that does the same and leaves nothing to chance.
    void add_instead(std::string_view argument);
    // The command has run.
    void ran(const Call& call);
    // A key went by itself: it expired, or there was no room for it.
    void erased(std::size_t database, std::string_view key);

    // Whether a write may run: null, or why not, as an error. `grows`: it may need more memory.
    const char* refusal(std::size_t request_octets, bool grows);
    // What a reply that is written now has to wait for; 0: nothing.
    std::uint64_t awaited() const;
    // To be called often: writes what is to be written, goes on with a snapshot, releases replies. Returns the
    // milliseconds until it wants to be called again.
    std::int64_t turn();
    // All that was recorded is durable when it returns. False: the medium failed.
    bool commit() { return log_.commit(); }

    // False: one is being written, and no other is to follow it.
    bool begin_snapshot();
    // Writes one at once. False: it does not fit, or the medium failed.
    bool write_snapshot();
    bool is_scanning() const { return scanning_; }

    Durability durability() const { return durability_; }
    const Log& log() const { return log_; }
    std::uint64_t changes() const { return changes_; } // units since the last snapshot
    std::int64_t snapshot_s() const { return snapshot_s_; }
    bool is_failing() const { return lagging_ || log_.state() != LogState::Good; }
    Recovered recovered;
    // The journal is not shortened before it is that long; a turn of doing so scans so much, or one value.
    std::uint64_t journal_octets_min = 32u << 20;
    std::size_t scan_octets = 32 * 1024;
    bool snapshots_follow = false; // one that is asked for while another is written is written behind it

private:
    struct Position {
        std::size_t database = 0;
        std::uint64_t cursor = 0;
    };

    bool is_ahead(std::size_t database, std::string_view key) const;
    void record_run(const Call& call, std::uint8_t flags);
    void record_state(std::size_t database, std::string_view key, std::uint8_t flags);
    void record_entry(std::size_t database, Entry& entry, std::uint8_t flags);
    void add(const RecordHeader& header, std::string_view key, std::string_view more);
    void add_octets(std::string_view octets);
    template <typename Visit>
    void for_each_touched(Visit visit) const;
    bool finish_unit();

    std::uint64_t live_octets() const;
    std::uint64_t snapshot_octets() const; // that one, or what is left of it, will take
    bool wants_snapshot() const;
    void scan_some();
    void end_snapshot();
    void start_commit(std::uint64_t now_us);
    std::int64_t take_turn(std::uint64_t now_us);
    void fail();

    Server& server_;
    Log& log_;
    const Durability durability_;
    unsigned depth_ = 0;
    Text unit_;                  // its length, and records
    bool is_long_ = false;       // the beginning of the unit is in the log
    bool broken_ = false;        // a piece of the unit was not taken
    Session* session_ = nullptr; // whose request made the unit, if one did
    Text touched_;               // of each key: its database, its size, and itself
    bool databases_touched_ = false;
    Text instead_; // arguments, each behind its size
    Text value_;

    bool lagging_ = false; // something is in memory that is not in the log; a snapshot mends that
    bool failed_ = false;  // the medium
    std::uint64_t changes_ = 0;
    std::uint64_t open_since_us_ = 0, written_since_us_ = 0; // how old what is not durable is; 0: nothing is there
    std::uint64_t committed_position_ = 0, commits_ = 0;
    GroupCommit group_;

    bool scanning_ = false, snapshot_asked_ = false;
    bool is_dropping_ = false; // what was before the newest snapshot
    Position scan_;
    std::uint64_t snapshot_begin_ = 0, scanned_octets_ = 0;
    std::int64_t snapshot_s_ = 0;
    const std::size_t empty_bytes_; // memory in use without keys
};

} // namespace exo::kv
