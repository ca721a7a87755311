// See world.hpp.
#include "tests/unit/kv-journal/world.hpp"

#include "libos-kv/data/hash.hpp"
#include "libos-kv/data/list.hpp"
#include "libos-kv/data/set.hpp"
#include "libos-kv/data/sorted_set.hpp"

#include <doctest/doctest.h>
#include <format>
#include <set>

namespace exo::kv {

void out_of_memory(std::size_t) {
    std::abort();
}

} // namespace exo::kv

namespace journal_test {

namespace {

std::string value_of(Entry& entry) {
    std::string text(type_name(entry.type()));
    const auto add = [&](std::string_view part) { text += std::format(" {}:{}", part.size(), part); };
    StringScratch scratch;
    switch (entry.type()) {
    case Type::String:
        add(string_of(entry, scratch));
        break;
    case Type::List:
        for (const List::Node* node = entry.list().first_node(); node; node = node->next)
            for (std::size_t at = node->pack.first(); at != Listpack::end; at = node->pack.next(at))
                add(node->pack.get(at).view());
        break;
    case Type::Set: {
        std::set<std::string> members;
        entry.set().for_each([&](std::string_view member) { members.emplace(member); });
        for (const std::string& member : members)
            add(member);
        break;
    }
    case Type::Hash: {
        std::map<std::string, std::string> fields;
        entry.hash().for_each(
            [&](std::string_view field, std::string_view value) { fields[std::string(field)] = value; });
        for (const auto& [field, value] : fields) {
            add(field);
            add(value);
        }
        break;
    }
    case Type::SortedSet:
        entry.sorted_set().for_each([&](std::string_view member, double score) {
            add(member);
            add(std::format("{}", score == 0 ? 0.0 : score)); // of zeroes the sign may go
        });
        break;
    }
    return text + std::format(" expires {}", entry.expiry());
}

} // namespace

Surroundings surroundings() {
    static std::uint64_t seed = 1;
    Surroundings its;
    its.realtime_us = its.monotonic_us = [] { return now_us; };
    its.seed = seed++;
    its.memory_bytes = 1ull << 30;
    return its;
}

Contents contents_of(Server& server) {
    Contents contents;
    for (std::size_t number = 0; number < databases_count; number++)
        server.databases[number].keys().for_each([&](Entry& entry) {
            if (entry.expires && entry.expiry() <= static_cast<std::int64_t>(now_us / 1000))
                return; // it is gone, whether or not anybody has looked
            contents[std::format("{}:{}", number, entry.key())] = value_of(entry);
        });
    return contents;
}

std::size_t count_replies(const std::string& replies) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < replies.size(); count++) {
        std::size_t lines = 1;
        if (replies[at] == '$' && replies[at + 1] != '-')
            lines = 2;
        if (replies[at] == '*')
            lines = 1 + static_cast<std::size_t>(replies[at + 1] - '0');
        while (lines--)
            at = replies.find("\r\n", at) + 2;
    }
    return count;
}

std::string request(const Words& words) {
    std::string text = std::format("*{}\r\n", words.size());
    for (const std::string& word : words)
        text += std::format("${}\r\n{}\r\n", word.size(), word);
    return text;
}

Life::Life(MemoryDisk& disk, Durability durability, std::string* problem)
    : journals(new Journals(disk)), server(new Server(surroundings())) {
    exo::store::Status opened = journals->open({});
    if (opened) {
        log = &journals->log(0);
        Recovery recovery(*server, log->stored_octets());
        opened = log->recover(recovery);
    }
    if (problem)
        *problem = opened ? "" : problem_text(opened.error());
    else
        REQUIRE(opened);
    if (!log)
        return;
    recorder.reset(new Recorder(*server, *log, durability));
    server->recorder = recorder.get();
}

Life::~Life() {
    server.reset();
    recorder.reset();
}

std::string Life::take(Session* session) {
    const std::string text(session->to_send());
    session->sent(text.size());
    return text;
}

void Life::settle() {
    for (int turns = 0; turns < 1000; turns++) {
        recorder->turn();
        if (log->is_durable(log->ticket()) && !recorder->is_scanning())
            return;
        now_us += 1000;
    }
    FAIL("it never comes to rest");
}

std::string Life::ask(Session* session, const Words& words) {
    send(session, words);
    settle();
    recorder->turn();
    return take(session);
}

void make_journal(MemoryDisk& disk, unsigned count) {
    exo::store::CreateSpec spec;
    spec.salt = 77;
    REQUIRE(Journals::create(disk, spec, count));
}

} // namespace journal_test
