// Several clients at once, some of which wait for keys: the same random requests to the store and to redis-server, one
// client after the other. Who waits then, and what everybody has been answered, must be the same. Usage:
//   waiting COMMANDS-FILE PORT REFERENCE-PORT SECONDS [SEED [SHARDS]]
// With SHARDS what a client is served may be under way for a moment when the one who served it has its reply.
#include "tests/kv/peer.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <format>
#include <map>
#include <memory>
#include <print>
#include <sstream>

using namespace kv_test;

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t clients_count = 6;
constexpr std::chrono::seconds patience(20);

struct State {
    bool waits = false;
    std::string name;
};
using States = std::map<std::string, State>; // by the client's id

// A server, and our connections to it.
class Side {
public:
    Side(unsigned port, const char* name) : port_(port), name_(name), control_(port, name) {
        ask({"FLUSHALL"});
        for (std::size_t client = 0; client < clients_count; client++)
            connect(client);
    }

    void connect(std::size_t client) {
        peers_[client] = std::make_unique<Peer>(port_, name_);
        if (client % 2)
            peers_[client]->ask({"HELLO", "3"});
        ids_[client] = peers_[client]->ask({"CLIENT", "ID"}).text;
    }
    // Gone for the server too, when this returns.
    void disconnect(std::size_t client) {
        peers_[client].reset();
        for (const auto end = Clock::now() + patience; states().contains(ids_[client]);)
            check_patience(end);
    }
    Peer& peer(std::size_t client) { return *peers_[client]; }
    const std::string& id(std::size_t client) const { return ids_[client]; }
    Part ask(const Words& words) { return control_.ask(words); }

    States states() {
        States states;
        std::istringstream lines(ask({"CLIENT", "LIST"}).text);
        for (std::string line; std::getline(lines, line);) {
            std::istringstream fields(line);
            std::string id;
            State state;
            for (std::string field; fields >> field;) {
                if (field.starts_with("id="))
                    id = field.substr(3);
                else if (field.starts_with("flags="))
                    state.waits = field.find('b', 6) != field.npos;
                else if (field.starts_with("name="))
                    state.name = field.substr(5);
            }
            states[id] = state;
        }
        return states;
    }
    // Once a client has done everything it was sent, or waits: everybody's state when nothing is under way any more.
    States settled(std::size_t client, const std::string& last_name) {
        for (const auto end = Clock::now() + patience;; check_patience(end)) {
            const State state = states()[ids_[client]];
            if (state.waits || state.name == last_name)
                return states();
        }
    }

private:
    void check_patience(Clock::time_point end) const {
        if (Clock::now() < end)
            return;
        std::println("FAILED {} has not come to an end with a client's requests", name_);
        std::exit(1);
    }

    unsigned port_;
    const char* name_;
    Peer control_;
    std::unique_ptr<Peer> peers_[clients_count];
    std::string ids_[clients_count];
};

std::string shown(const std::vector<Words>& requests) {
    std::string out;
    for (const Words& words : requests) {
        out += out.empty() ? "" : "; ";
        for (const std::string& word : words)
            out += (&word == words.data() ? "" : " ") + Part{'"', word, {}}.shown().substr(1);
    }
    return out;
}

class Run {
public:
    Run(Side& ours, Side& reference, std::vector<Row> rows, std::uint64_t seed, bool has_shards)
        : ours_(ours), reference_(reference), rows_(std::move(rows)), seed_(seed), dice_(seed),
          has_shards_(has_shards) {}

    void step() {
        steps++;
        std::vector<std::size_t> free, waiting;
        for (std::size_t client = 0; client < clients_count; client++)
            (requests_[client].empty() ? free : waiting).push_back(client);
        if (free.empty() || (!waiting.empty() && dice_() % 12 == 0))
            return disturb(waiting[dice_() % waiting.size()]);
        if (dice_() % 64 == 0)
            compare("FLUSHALL", ours_.ask({"FLUSHALL"}), reference_.ask({"FLUSHALL"}));
        const std::size_t client = free[dice_() % free.size()];
        std::vector<Words> requests;
        const bool at_once = dice_() % 5 == 0;
        if (at_once)
            requests.push_back({"multi"});
        for (std::size_t left = 1 + dice_() % 3; left; left--)
            requests.push_back(make_command(rows_[dice_() % rows_.size()], dice_));
        if (at_once)
            requests.push_back({"exec"});
        names_[client] = "step-" + std::to_string(steps);
        requests.push_back({"client", "setname", names_[client]});
        note(std::to_string(client) + ": " + shown(requests));
        std::string octets;
        for (const Words& words : requests)
            octets += request(words);
        requests_[client] = std::move(requests);
        ours_.peer(client).send(octets);
        reference_.peer(client).send(octets);
        settle(client);
    }

    std::uint64_t steps = 0, waits = 0, served = 0, disturbed = 0;

private:
    void settle(std::size_t client) {
        States reference = reference_.settled(client, names_[client]);
        States ours = ours_.settled(client, names_[client]);
        for (const auto end = Clock::now() + patience; has_shards_ && Clock::now() < end && !alike(ours, reference);)
            ours = ours_.settled(client, names_[client]);
        for (std::size_t each = 0; each < clients_count; each++) {
            const bool waits_now = reference[reference_.id(each)].waits;
            if (ours[ours_.id(each)].waits != waits_now)
                fail(std::format("client {} waits {}", each,
                                 waits_now ? "at the reference alone" : "at the store alone"));
            waits += waits_now && each == client;
            if (waits_now || requests_[each].empty())
                continue;
            served += each != client;
            for (const Words& words : requests_[each])
                compare(std::to_string(each) + ": " + shown({words}), ours_.peer(each).receive(),
                        reference_.peer(each).receive());
            requests_[each].clear();
        }
    }

    bool alike(States& ours, States& reference) const {
        for (std::size_t each = 0; each < clients_count; each++)
            if (ours[ours_.id(each)].waits != reference[reference_.id(each)].waits)
                return false;
        return true;
    }

    // A client that waits is told not to, or vanishes.
    void disturb(std::size_t client) {
        disturbed++;
        if (dice_() % 2) {
            note(std::to_string(client) + " vanishes");
            for (Side* side : {&ours_, &reference_}) {
                side->disconnect(client);
                side->connect(client);
            }
            requests_[client].clear();
            return;
        }
        Words own{"CLIENT", "UNBLOCK", ours_.id(client)};
        Words its{"CLIENT", "UNBLOCK", reference_.id(client)};
        if (const std::size_t reason = dice_() % 3)
            for (Words* words : {&own, &its})
                words->push_back(reason == 1 ? "TIMEOUT" : "error");
        note(std::to_string(client) + " is unblocked" + (own.size() > 3 ? ", " + own[3] : ""));
        compare("CLIENT UNBLOCK", ours_.ask(own), reference_.ask(its));
        settle(client);
    }

    void compare(const std::string& what, const Part& own, const Part& its) {
        if (own != its)
            fail(std::format("{}\n  the store {}\n  reference {}", what, own.shown(), its.shown()));
    }
    void note(const std::string& what) {
        history_.push_back(what);
        if (history_.size() > 40)
            history_.pop_front();
    }
    [[noreturn]] void fail(const std::string& what) const {
        std::println("FAILED after {} steps, seed {}: {}", steps, seed_, what);
        for (const std::string& line : history_)
            std::println("  before    {}", line);
        std::exit(1);
    }

    Side& ours_;
    Side& reference_;
    std::vector<Row> rows_;
    std::uint64_t seed_;
    Dice dice_;
    bool has_shards_;
    std::vector<Words> requests_[clients_count]; // that are not answered to their end
    std::string names_[clients_count];           // which a client has once they are
    std::deque<std::string> history_;
};

} // namespace

int main(int count, char** values) {
    if (count < 5 || count > 7) {
        std::println(stderr, "usage: waiting COMMANDS-FILE PORT REFERENCE-PORT SECONDS [SEED [SHARDS]]");
        return 64;
    }
    const std::uint64_t seed = count > 5 ? std::strtoull(values[5], nullptr, 10) : std::random_device()();
    std::println("waiting: seed {}", seed);
    Side ours(static_cast<unsigned>(std::atoi(values[2])), "the store");
    Side reference(static_cast<unsigned>(std::atoi(values[3])), "redis-server");
    Run run(ours, reference, read_rows(values[1], "waiting"), seed, count > 6);
    for (const auto end = Clock::now() + std::chrono::seconds(std::atoi(values[4])); Clock::now() < end;)
        run.step();
    if (run.waits == 0 || run.served == 0 || run.disturbed == 0) {
        std::println("FAILED nobody waited, was served or was disturbed in {} steps", run.steps);
        return 1;
    }
    std::println("ok {} steps, {} waits, {} of them served by others, {} ended from outside", run.steps, run.waits,
                 run.served, run.disturbed);
    return 0;
}
