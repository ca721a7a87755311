// The same random commands to the store and to redis-server; every reply must be the same, errors included. Usage:
//   differential COMMANDS-FILE PORT REFERENCE-PORT SECONDS [SEED [FAMILY [SHARDS]]]
// With SHARDS the store has its keys on several vcores: what it refuses for that reason, redis-server is not sent.
#include "tests/kv/dumps.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <print>
#include <ranges>

using namespace kv_test;

namespace {

struct Sent {
    Compare compare;
    Words words;
};

void sort_items(Part& part) {
    std::ranges::sort(part.items);
}

void sort_pairs(Part& part) {
    if (!part.items.empty() && part.items[0].type == '*')
        return sort_items(part); // each pair is an array of its own
    std::vector<std::pair<Part, Part>> pairs;
    for (std::size_t index = 0; index + 1 < part.items.size(); index += 2)
        pairs.emplace_back(part.items[index], part.items[index + 1]);
    std::ranges::sort(pairs);
    part.items.clear();
    for (auto& [first, second] : pairs) {
        part.items.push_back(first);
        part.items.push_back(second);
    }
}

bool is_same(Compare compare, Part ours, Part reference) {
    constexpr long near_enough_ms = 2000, near_enough_s = 1;
    if (ours == reference)
        return true;
    if (ours.type != reference.type)
        return false;
    for (Part* part : {&ours, &reference}) {
        if (compare == Compare::Sorted)
            sort_items(*part);
        if (compare == Compare::Pairs)
            sort_pairs(*part);
        if ((compare == Compare::Scan || compare == Compare::Scans) && part->items.size() == 2)
            compare == Compare::Scan ? sort_items(part->items[1]) : sort_pairs(part->items[1]);
    }
    if ((compare == Compare::Near || compare == Compare::Second) && ours.type == ':') {
        const long left = std::atol(ours.text.c_str()), right = std::atol(reference.text.c_str());
        const long near_enough = compare == Compare::Near ? near_enough_ms : near_enough_s;
        return left >= 0 && right >= 0 && std::labs(left - right) <= near_enough; // below 0 there is no time
    }
    if (compare == Compare::Size && ours.items.size() != reference.items.size())
        return false;
    return ours == reference || ((compare == Compare::Shape || compare == Compare::Size) && ours.type != '-');
}

// A mistake could turn their time into for ever.
bool may_wait(const Words& words) {
    return words[0].starts_with("bl") || words[0].starts_with("br") || words[0].starts_with("bz");
}

// Whether it is a key of the kind that holds other members at each side.
bool loses_by_chance(const std::string& key) {
    return key.size() == 2 && key[0] == 'p';
}

// What follows commands of channels: none or many replies, and messages of others. The answer to this ends them.
constexpr std::string_view last_words = "that was all";

Part receive_all(Peer& peer) {
    Part all{'*', "", {}};
    for (;;) {
        Part part = peer.receive();
        const bool subscribed = part.type == '*' && part.items.size() == 2 && part.items[0].text == "pong";
        if ((subscribed ? part.items[1].text : part.text) == last_words)
            return all;
        all.items.push_back(std::move(part));
    }
}

void gather_texts(const Part& part, std::vector<std::string>& texts) {
    texts.push_back(part.type + part.text);
    for (const Part& item : part.items)
        gather_texts(item, texts);
}

// Who listens by several patterns gets a message for each, in any order.
bool is_same_run(Compare compare, const Part& ours, const Part& reference) {
    if (ours == reference)
        return true;
    if (ours.items.size() != reference.items.size())
        return false;
    if (compare == Compare::Shape)
        return std::ranges::equal(ours.items, reference.items, {}, &Part::type, &Part::type);
    const bool any_order = compare == Compare::Sorted || std::ranges::any_of(ours.items, [](const Part& part) {
                               return !part.items.empty() && part.items[0].text == "pmessage";
                           });
    std::vector<std::string> texts[2];
    gather_texts(ours, texts[0]);
    gather_texts(reference, texts[1]);
    std::ranges::sort(texts[0]);
    std::ranges::sort(texts[1]);
    return any_order && texts[0] == texts[1];
}

// Whether a store with several shards says that it cannot do it, and so has done nothing.
bool is_refused(const Part& reply) {
    return reply.type == '-' && (reply.text.starts_with("CROSSSLOT ") || reply.text.ends_with(" on several vcores"));
}

// What a store with several shards answers as it does, and not as one: SCAN goes through one shard after the other.
bool is_of_one(const Words& words) {
    return words[0] == "scan";
}

constexpr std::size_t shown_max = 1000;

std::string shown(const Words& words) {
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : " ") + Part{'"', word, {}}.shown() + "\"";
    return out;
}

} // namespace

int main(int count, char** values) {
    if (count < 5 || count > 8) {
        std::println(stderr, "usage: differential COMMANDS-FILE PORT REFERENCE-PORT SECONDS [SEED [FAMILY [SHARDS]]]");
        return 64;
    }
    const std::uint64_t seed = count > 5 ? std::strtoull(values[5], nullptr, 10) : std::random_device()();
    std::println("differential: seed {}", seed);
    Dice dice(seed);
    const std::string family = count > 6 ? values[6] : "";
    const bool messages = family == "messages", has_shards = count > 7;
    const auto rows = read_rows(values[1], family);
    const auto port = static_cast<unsigned>(std::atoi(values[2])),
               reference_port = static_cast<unsigned>(std::atoi(values[3]));
    Peer ours[] = {Peer(port, "the store"), Peer(port, "the store")};
    Peer reference[] = {Peer(reference_port, "redis-server"), Peer(reference_port, "redis-server")};
    for (Peer* peers : {ours, reference}) {
        peers[0].ask({"FLUSHALL"});
        peers[1].ask({"HELLO", "3"});
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(values[4]));
    std::uint64_t commands = 0, errors = 0, refused = 0;
    std::vector<Words> history;
    while (std::chrono::steady_clock::now() < end) {
        const std::size_t version = dice() % 2;
        std::vector<Sent> batch;
        std::string octets;
        for (std::size_t index = dice() % 60 + 1; index; index--) {
            const Row& row = rows[dice() % rows.size()];
            Sent sent{row.compare, make_command(row, dice)};
            if (row.family != "as they stand" && dice() % 12 == 0 && !may_wait(sent.words)) {
                make_mistake(sent.words, dice);
                if (is_endless(sent.words))
                    continue;
                if (sent.compare == Compare::Scan || sent.compare == Compare::Scans)
                    sent.compare = Compare::Shape; // a strange cursor finds what it finds
                if (sent.words[0] == "dump")
                    sent.compare = Compare::Shape; // members lie in any order in it; what it restores: dumps.cpp
                if (is_by_chance(sent.words))
                    sent.compare = Compare::Size;
                if (messages && sent.words.size() == 1 && sent.compare == Compare::Exact)
                    sent.compare = Compare::Sorted; // of all that is subscribed to
            }
            if (has_shards && is_of_one(sent.words))
                continue;
            octets += request(sent.words);
            if (messages)
                octets += request({"PING", std::string(last_words)});
            batch.push_back(std::move(sent));
        }
        Dice* pieces = dice() % 16 == 0 ? &dice : nullptr;
        ours[version].send(octets, pieces);
        std::vector<Part> answers;
        if (has_shards) {
            octets.clear();
            for (const Sent& sent : batch) {
                answers.push_back(messages ? receive_all(ours[version]) : ours[version].receive());
                if (!is_refused(answers.back()))
                    octets += request(sent.words);
                else if (sent.words[0] == "exec")
                    octets += request({"DISCARD"});
                if (messages)
                    octets += request({"PING", std::string(last_words)});
            }
        }
        reference[version].send(octets);
        for (std::size_t place = 0; place < batch.size(); place++) {
            const Sent& sent = batch[place];
            const bool is_skipped = has_shards && is_refused(answers[place]);
            refused += is_skipped;
            if (is_skipped && sent.words[0] != "exec")
                continue;
            const Part own = has_shards ? answers[place]
                             : messages ? receive_all(ours[version])
                                        : ours[version].receive();
            const Part its = messages ? receive_all(reference[version]) : reference[version].receive();
            if (is_skipped)
                continue;
            commands++;
            errors += messages ? std::ranges::count(its.items, '-', &Part::type) : its.type == '-';
            history.push_back(sent.words);
            if (messages ? is_same_run(sent.compare, own, its) : is_same(sent.compare, own, its))
                continue;
            std::println("FAILED after {} commands, seed {}, RESP{}\n  command   {}\n  the store {}\n  reference {}",
                         commands, seed, version + 2, shown(sent.words), own.shown().substr(0, shown_max),
                         its.shown().substr(0, shown_max));
            // What was done to the same keys before says most.
            std::vector<std::string> before;
            for (std::size_t index = history.size() - 1; index-- > 0 && before.size() < 12;)
                if (std::ranges::any_of(history[index], [&](const std::string& word) {
                        return std::ranges::find(sent.words.begin() + 1, sent.words.end(), word) != sent.words.end();
                    }))
                    before.push_back(shown(history[index]));
            for (const std::string& line : std::views::reverse(before))
                std::println("  before    {}", line);
            return 1;
        }
        const Words& words = batch.empty() ? history.back() : batch[dice() % batch.size()].words;
        if (rows[0].family == "transactions" || words.size() < 2 || dice() % 4)
            continue;
        const std::string& key = words[1 + dice() % (words.size() - 1)];
        if (loses_by_chance(key))
            continue;
        if (const auto difference = dump_difference(ours[version], reference[version], key, dice);
            !difference.empty()) {
            std::println("FAILED after {} commands, seed {}, RESP{}, the value of {}: {}", commands, seed, version + 2,
                         key, difference.substr(0, shown_max));
            return 1;
        }
    }
    if (has_shards)
        std::println("ok {} commands are refused on several vcores", refused);
    std::println("ok {} commands, {} of them errors, replies the same", commands, errors);
    return 0;
}
