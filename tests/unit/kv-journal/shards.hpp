// A store whose keys are shared out among several shards with journals on one disk of memory, all in one thread: a test
// says who works when.
#pragma once

#include "libos-kv/shard/front.hpp"
#include "libos-kv/shard/keep.hpp"
#include "tests/unit/kv-journal/world.hpp"

namespace journal_test {

// One life of it, as of Life.
class ShardsLife {
public:
    // Fails the test if the disk cannot be opened; `problem` gets why instead, if it is given.
    ShardsLife(MemoryDisk& disk, unsigned count, Durability durability, std::string* problem = nullptr);

    Session* connect() { return front->open("10.0.0.1:5000", "10.0.0.2:6379"); }
    // Sends a request, which runs; nothing becomes durable.
    void send(Session* session, const Words& words);
    // What shards owe to the journal and the writer to the disk, once.
    void turn();
    static std::string take(Session* session) { return Life::take(session); }
    // Until nothing waits to be written.
    void settle();
    // The reply, once it may be told.
    std::string ask(Session* session, const Words& words);
    Contents contents() const;
    // A key of that shard.
    std::string key(unsigned shard, unsigned number = 0) const;
    bool is_there() const { return keeping != nullptr; }

    std::unique_ptr<Journals> journals;
    std::vector<std::unique_ptr<LogLine>> lines;
    std::vector<std::unique_ptr<Rings>> rings;
    std::unique_ptr<Keeping> keeping; // null: the disk could not be opened
    std::unique_ptr<Front> front;
    std::vector<std::unique_ptr<Shard>> shards;

private:
    void work();
    std::string open(unsigned count, Durability durability);
};

} // namespace journal_test
