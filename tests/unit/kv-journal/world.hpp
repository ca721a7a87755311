// A store with a journal on a disk of memory, its clients, and everything that it holds in words that do not depend on
// how it holds it.
#pragma once

#include "libos-kv/journal/journals.hpp"
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/server/recovery.hpp"
#include "tests/unit/store/disks.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace journal_test {

using namespace exo::kv;
using store_test::DiskSpec;
using store_test::MemoryDisk;
using Words = std::vector<std::string>;

inline std::uint64_t now_us; // of every clock

// By database and key: the value, its parts in order where they have none, and the expiry.
using Contents = std::map<std::string, std::string>;
Contents contents_of(Server& server);

std::string request(const Words& words);
// How many replies there are in some: each is a line, or a string, or an array of simple elements.
std::size_t count_replies(const std::string& replies);

// Of one life of a store: no life hashes as the one before.
Surroundings surroundings();

// One life of the store: from opening the disk to the end, which comes without a warning.
class Life {
public:
    // Fails the test if the disk cannot be opened; `problem` gets why instead, if it is given.
    Life(MemoryDisk& disk, Durability durability, std::string* problem = nullptr);
    ~Life();
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;

    Session* connect() { return server->open("10.0.0.1:5000", "10.0.0.2:6379"); }
    // Sends a request; whatever may be sent back is taken by `take`.
    void send(Session* session, const Words& words) { server->input(session, request(words)); }
    static std::string take(Session* session);
    // Until nothing waits to be written.
    void settle();
    // The reply, once it may be told.
    std::string ask(Session* session, const Words& words);

    std::unique_ptr<Journals> journals;
    StoreLog* log = nullptr;
    std::unique_ptr<Server> server;
    std::unique_ptr<Recorder> recorder;
};

// Makes empty journals on a disk.
void make_journal(MemoryDisk& disk, unsigned count = 1);

} // namespace journal_test
