// See dumps.hpp.
#include "tests/kv/dumps.hpp"

#include <algorithm>
#include <cstdlib>
#include <format>
#include <iterator>

namespace kv_test {

namespace {

const std::string restored = "restored-elsewhere";
constexpr std::size_t footer_bytes = 10;

// Whether the octets are one way of saying the value, so that both must say them: strings that are not packed, and
// small hashes and sorted sets.
bool is_said_one_way(const std::string& dump, bool may_be_packed) {
    constexpr std::size_t packed_from = 20;
    const bool is_short = dump.size() <= packed_from + footer_bytes;
    return (dump[0] == 0 || dump[0] == 16 || dump[0] == 17) && (is_short || !may_be_packed);
}

std::string differs(const std::string& what, const Part& own, const Part& its) {
    return std::format("{}\n  the store {}\n  reference {}", what, own.shown(), its.shown());
}

// What the key holds, in an order that does not depend on who says it.
Part content(Peer& peer) {
    const std::string type = peer.ask({"TYPE", restored}).text;
    if (type == "none")
        return {};
    if (type == "string")
        return peer.ask({"GET", restored});
    if (type == "list")
        return peer.ask({"LRANGE", restored, "0", "-1"});
    if (type == "zset")
        return peer.ask({"ZRANGE", restored, "0", "-1", "WITHSCORES"});
    Part part = peer.ask({type == "set" ? "SMEMBERS" : "HGETALL", restored});
    if (type == "set") {
        std::ranges::sort(part.items);
        return part;
    }
    std::vector<std::pair<Part, Part>> pairs;
    for (std::size_t index = 0; index + 1 < part.items.size(); index += 2)
        pairs.emplace_back(part.items[index], part.items[index + 1]);
    std::ranges::sort(pairs);
    part.items.clear();
    for (const auto& [field, value] : pairs)
        part.items.insert(part.items.end(), {field, value});
    return part;
}

std::string content_difference(Peer& ours, Peer& reference) {
    if (const Part own = content(ours), its = content(reference); own != its)
        return differs("restored values", own, its);
    const Words encoding{"OBJECT", "ENCODING", restored}, lifetime{"TTL", restored};
    if (const Part own = ours.ask(encoding), its = reference.ask(encoding); own != its)
        return differs("how restored values are kept", own, its);
    const Part own = ours.ask(lifetime), its = reference.ask(lifetime);
    const long own_seconds = std::atol(own.text.c_str()), its_seconds = std::atol(its.text.c_str());
    if ((own_seconds < 0 || its_seconds < 0) ? own != its : std::labs(own_seconds - its_seconds) > 1)
        return differs("how long restored values live", own, its);
    return {};
}

} // namespace

std::string dump_difference(Peer& ours, Peer& reference, const std::string& key, Dice& dice) {
    const bool packs = dice() % 2;
    reference.ask({"CONFIG", "SET", "rdbcompression", packs ? "yes" : "no"});
    Part own = ours.ask({"DUMP", key}), its = reference.ask({"DUMP", key});
    if (own.type != its.type || own.text.empty() != its.text.empty())
        return differs("DUMP", own, its);
    if (own.text.size() <= footer_bytes)
        return {};
    if (is_said_one_way(own.text, packs) && own != its)
        return differs("DUMP", own, its);
    if (dice() % 8 == 0)
        for (Part* part : {&own, &its})
            part->text[part->text.size() / 2] ^= 1; // which the sum does not fit any more
    Words options;
    if (dice() % 2)
        options.push_back("replace");
    if (dice() % 8 == 0)
        options.push_back("ABSTTL");
    if (dice() % 8 == 0)
        options.insert(options.end(), {dice() % 2 ? "idletime" : "freq", "7"});
    static const char* const lifetimes[] = {"0", "0", "0", "100000", "99999999999999", "9223372036854775807", "-1", ""};
    const std::string lifetime = lifetimes[dice() % std::size(lifetimes)];
    for (unsigned times = 1 + dice() % 2; times; times--) {
        Words to_us{"RESTORE", restored, lifetime, its.text}, to_it{"RESTORE", restored, lifetime, own.text};
        for (Words* words : {&to_us, &to_it})
            words->insert(words->end(), options.begin(), options.end());
        if (const Part here = ours.ask(to_us), there = reference.ask(to_it); here != there)
            return differs("RESTORE", here, there);
    }
    if (const std::string difference = content_difference(ours, reference); !difference.empty())
        return difference;
    const Part here = ours.ask({"DEL", restored}), there = reference.ask({"DEL", restored});
    return here == there ? "" : differs("DEL", here, there);
}

} // namespace kv_test
