// See keep.hpp.
#include "libos-kv/shard/keep.hpp"

#include "libos-kv/server/recovery.hpp"
#include "libos-kv/shard/route.hpp"

namespace exo::kv {

namespace {

std::uint64_t keys_of(const Server& server) {
    std::uint64_t keys = 0;
    for (const Database& database : server.databases)
        keys += database.size();
    return keys;
}

Text play_back(Journals& journals, unsigned index, Server& server, Recovered& recovered) {
    StoreLog& log = journals.log(index);
    Recovery recovery(server, log.stored_octets());
    const store::Status played = log.recover(recovery);
    recovered.records += recovery.records();
    recovered.octets += log.position() - log.beginning();
    if (played)
        return {};
    return recovery.is_out_of_memory() ? sentence({"the machine has too little memory for the keys on the disk"})
                                       : sentence_of(played.error());
}

// Keys of a shard's slots change hands.
void take_part(Server& from, Server& to, unsigned shards, unsigned number) {
    for (std::size_t database = 0; database < databases_count; database++) {
        Array<Entry*> own;
        from.databases[database].keys().for_each([&](Entry& entry) {
            if (shard_of(entry.key(), shards) == number)
                own.push(&entry);
        });
        for (Entry* entry : own) {
            (void)from.databases[database].take(entry->key());
            if (Entry* old = to.databases[database].find(entry->key())) // in two journals, which no store has written
                to.databases[database].replace(old, entry);
            else
                to.databases[database].add(entry);
        }
    }
}

// A journal's requests are run again where all its keys are, and nobody else's.
Text take_from_all(Journals& journals, unsigned shards, unsigned number, Server& server, Recovered& recovered) {
    Surroundings surroundings = server.surroundings();
    surroundings.memory_bytes *= shards; // the other shards' keys pass through
    Text problem;
    for (unsigned index = 0; index < journals.count() && problem.empty(); index++) {
        Server* whole = make<Server>(surroundings);
        problem = play_back(journals, index, *whole, recovered);
        if (problem.empty())
            take_part(*whole, server, shards, number);
        destroy(whole);
    }
    server.take_vcore();
    return problem;
}

} // namespace

Text sentence(std::initializer_list<std::string_view> pieces) {
    Text text;
    for (const std::string_view piece : pieces)
        text.append(piece);
    text.append('\0');
    return text;
}

Text sentence_of(store::Problem problem) {
    if (problem == store::Problem::Unknown)
        return sentence({"the disk holds something else than the store's keys, or what the store did not write"});
    return sentence({store::problem_text(problem)});
}

Text sentence_of_no_room(const Journals& journals) {
    const IntegerText vcores(journals.count());
    return sentence({"the disk has too little room to share its keys out anew; start with --vcores ", vcores,
                     ", as they are, or with a larger disk"});
}

Text recover_part(Journals& journals, unsigned shards, unsigned number, Server& server, Recovered& recovered) {
    const std::uint64_t begin_us = server.surroundings().monotonic_us();
    recovered = {};
    Text problem = journals.count() == shards ? play_back(journals, number, server, recovered)
                                              : take_from_all(journals, shards, number, server, recovered);
    recovered.keys = keys_of(server);
    recovered.milliseconds = (server.surroundings().monotonic_us() - begin_us) / 1000;
    return problem;
}

Keeping::Keeping(Journals& journals, Array<LogLine*>&& lines, Durability durability)
    : journals_(journals), lines_(std::move(lines)), durability_(durability),
      shares_anew_(journals.count() != lines_.size()), writer_(journals, shards()) {
    if (shares_anew_)
        journals_.prepare(shards());
}

Text Keeping::attach(unsigned number, Shard& shard) {
    Recovered recovered;
    if (Text problem = recover_part(journals_, shards(), number, shard.server, recovered); !problem.empty())
        return problem;
    StoreLog& log = shares_anew_ ? journals_.prepared(number) : journals_.log(number);
    LogLine& line = *lines_[number];
    writer_.add(line, log);
    const RingLog::Pause pause{[](void* writer) { (void)static_cast<LogWriter*>(writer)->poll(); }, &writer_};
    Recorder& recorder = shard.keep(line, log.beginning(), log.position(), pause, durability_);
    recorder.recovered = recovered;
    (void)writer_.poll(); // so that it knows what room there is
    recovered_.keys += recovered.keys;
    recovered_.octets += recovered.octets;
    recovered_.records += recovered.records;
    recovered_.milliseconds += recovered.milliseconds;
    if (!shares_anew_ || recorder.write_snapshot())
        return {};
    return writer_.has_failed() ? sentence_of(journals_.store().problem()) : sentence_of_no_room(journals_);
}

Text Keeping::finish() {
    if (!shares_anew_)
        return {};
    return journals_.adopt() ? Text() : sentence_of_no_room(journals_);
}

bool Keeping::close() {
    while (writer_.poll()) {
    }
    return !writer_.has_failed() && journals_.close().has_value();
}

} // namespace exo::kv
