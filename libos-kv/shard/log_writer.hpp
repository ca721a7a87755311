// The vcore of the disk: takes the units of all shards out of their rings and appends each to its shard's journal. What
// all of them appended since becomes durable with one write. Between shards it shares out the room on the medium.
#pragma once

#include "libos-kv/journal/journals.hpp"
#include "libos-kv/shard/log_line.hpp"

namespace exo::kv {

class LogWriter {
public:
    // Of so many shards at most: nothing is allocated later.
    LogWriter(Journals& journals, unsigned shards) : journals_(journals) { shards_.reserve(shards); }
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;

    // Serves a shard's line from now on, whose journal that is, all of it durable.
    void add(LogLine& line, StoreLog& log);
    // Does what there is to do; false: nothing.
    bool poll();
    // Whether something that was appended is not durable yet.
    bool is_active() const;
    bool has_failed() const { return has_failed_; }

private:
    // All of a journal before a place is durable when the ticket is.
    struct Mark {
        std::uint64_t ticket, position;
    };
    struct Shard {
        LogLine* line;
        StoreLog* log;
        Mark marks[2] = {}; // the older first: of the batch that is written, and of the open one
        unsigned mark_count = 0;
        std::uint64_t end = 0;      // of the last unit that is whole
        std::uint64_t marked = 0;   // the place of the newest mark
        std::uint64_t begin_at = 0; // where it is to begin, once that can be recorded
        bool has_begin = false;
    };

    bool take(Shard& shard);
    void append(Shard& shard, const MessageHeader& header, std::string_view octets);
    void mark(Shard& shard);
    bool tell_durable(Shard& shard);
    void share_room();
    void grant(Shard& shard, std::uint64_t& room);
    void fail();

    Journals& journals_;
    Array<Shard> shards_;
    bool commit_is_due_ = false; // of what no shard waits for
    bool has_failed_ = false;
};

} // namespace exo::kv
