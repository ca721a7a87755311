// What keeps keys on a disk that are shared out among several vcores, or are to be: each shard has a journal, which is
// played back to it alone. Journals of another number of shards are read by everybody, who keeps what is its own, and
// are written anew.
#pragma once

#include "libos-kv/journal/journals.hpp"
#include "libos-kv/shard/log_writer.hpp"
#include "libos-kv/shard/shard.hpp"

namespace exo::kv {

// Sentences here end with a NUL, and are empty when all is well.
Text sentence(std::initializer_list<std::string_view> pieces);

// Gives an empty server, that of one of so many shards, its keys from the disk.
Text recover_part(Journals& journals, unsigned shards, unsigned number, Server& server, Recovered& recovered);
// What is wrong with a disk, for who started the store.
Text sentence_of(store::Problem problem);
// When journals for another number of shards cannot be written.
Text sentence_of_no_room(const Journals& journals);

class Keeping {
public:
    // `lines`: one a shard, fresh.
    Keeping(Journals& journals, Array<LogLine*>&& lines, Durability durability);
    Keeping(const Keeping&) = delete;
    Keeping& operator=(const Keeping&) = delete;

    // Gives a shard its keys, and has it keep them from then on. On one vcore for all, one after the other, each with
    // the memory of its own. Until it is told otherwise (Shard::set_log_pause) a shard does the writer's work when it
    // waits for it.
    Text attach(unsigned number, Shard& shard);
    // When all have theirs: what was there of another number of shards goes.
    Text finish();

    bool shares_anew() const { return shares_anew_; }
    const Recovered& recovered() const { return recovered_; }
    LogWriter& writer() { return writer_; }
    // All that was appended is on the medium, and nothing has to be played back. False: the medium failed.
    bool close();

private:
    unsigned shards() const { return static_cast<unsigned>(lines_.size()); }

    Journals& journals_;
    Array<LogLine*> lines_;
    const Durability durability_;
    const bool shares_anew_;
    LogWriter writer_;
    Recovered recovered_;
};

} // namespace exo::kv
