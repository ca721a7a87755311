// Lookups in the index of libos-kv and in its peers: see README.md.
#include "libos-kv/data/index.hpp"
#include "bench/index/absl_table.hpp"
#include "libos-kv/data/entry.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <format>
#include <functional>
#include <print>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace exo::kv {

void out_of_memory(std::size_t bytes) {
    std::println(stderr, "bench index: no memory for {} octets", bytes);
    std::exit(1);
}

} // namespace exo::kv

namespace {

using exo::kv::Entry;
using exo::kv::EntryTraits;
using index_bench::key_octets;
using Clock = std::chrono::steady_clock;

constexpr std::size_t group = 16, value_octets = 64;

bool wrong = false;

std::string key_of(std::uint64_t number) {
    return std::format("key:{:012}", number);
}

std::uint64_t address_of(const Entry* entry) {
    return reinterpret_cast<std::uintptr_t>(entry); // Safe: only added up.
}

// Keys one behind the other, in an order of their own.
std::string keys_from(std::uint64_t first, std::size_t count) {
    std::vector<std::uint64_t> numbers(count);
    for (std::size_t i = 0; i < count; i++)
        numbers[i] = first + i;
    std::shuffle(numbers.begin(), numbers.end(), std::mt19937_64(first + count));
    std::string keys;
    for (const std::uint64_t number : numbers)
        keys += key_of(number);
    return keys;
}

class OurTable {
public:
    void insert(Entry* entry) { index_.insert(entry); }
    std::uint64_t look_up(const char* keys, std::size_t count) const {
        std::uint64_t sum = 0;
        for (const char* const end = keys + count * key_octets; keys != end; keys += key_octets)
            sum += address_of(index_.get({keys, key_octets}));
        return sum;
    }
    std::uint64_t look_up_groups(const char* keys, std::size_t count) const {
        std::uint64_t sum = 0;
        for (std::size_t left = count; left != 0;) {
            const std::size_t now = std::min(left, group);
            for (std::size_t i = 0; i < now; i++)
                index_.prefetch({keys + i * key_octets, key_octets});
            sum += look_up(keys, now);
            keys += now * key_octets;
            left -= now;
        }
        return sum;
    }
    double octets_a_key() const {
        return static_cast<double>(index_.table_bytes()) / static_cast<double>(index_.size());
    }

private:
    exo::kv::Index<EntryTraits> index_;
};

class StandardTable {
public:
    void insert(Entry* entry) { map_.emplace(entry->key(), entry); }
    std::uint64_t look_up(const char* keys, std::size_t count) const {
        std::uint64_t sum = 0;
        for (const char* const end = keys + count * key_octets; keys != end; keys += key_octets)
            if (const auto found = map_.find({keys, key_octets}); found != map_.end())
                sum += address_of(found->second);
        return sum;
    }

private:
    std::unordered_map<std::string_view, Entry*> map_;
};

struct Contender {
    const char* name;
    std::function<std::uint64_t()> work;
    double best_ns = 1e18;
};

// Both of ours come first.
void compare(const std::string& row, std::size_t lookups, std::uint64_t sum, std::vector<Contender> contenders,
             unsigned rounds) {
    for (unsigned round = 0; round < rounds; round++)
        for (Contender& contender : contenders) {
            const auto begin = Clock::now();
            const std::uint64_t found = contender.work();
            const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
            contender.best_ns = std::min(contender.best_ns, took.count() / static_cast<double>(lookups));
            if (found != sum) {
                std::println(stderr, "bench index: {} found something else", contender.name);
                wrong = true;
            }
        }
    for (const Contender& contender : contenders)
        std::println("{:28} {:20} {:7.1f} ns {:8.2f} million/s {:6.2f} of ours' rate", row, contender.name,
                     contender.best_ns, 1000 / contender.best_ns, contenders[0].best_ns / contender.best_ns);
    double best_peer = 1e18;
    for (std::size_t i = 2; i < contenders.size(); i++)
        best_peer = std::min(best_peer, contenders[i].best_ns);
    std::println("{:28} goal: ahead of both peers: {:.2f} times the better one's rate", row,
                 best_peer / contenders[0].best_ns);
}

void measure(std::size_t count, unsigned rounds) {
    std::vector<Entry*> entries(count);
    const std::size_t used = exo::kv::used_bytes();
    OurTable ours;
    StandardTable standard;
    index_bench::AbslTable absl;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; i++) {
        entries[i] = Entry::create(key_of(i), exo::kv::Type::String, Entry::Form::Inline, false, value_octets);
        sum += address_of(entries[i]);
    }
    const auto filling = [&](const char* name, auto insert) {
        const auto begin = Clock::now();
        for (Entry* const entry : entries)
            insert(entry);
        const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
        std::println("{:9} keys, put in         {:20} {:7.1f} ns", count, name,
                     took.count() / static_cast<double>(count));
    };
    filling("ours", [&](Entry* entry) { ours.insert(entry); });
    filling("absl", [&](Entry* entry) { absl.insert(entry->key().data(), entry); });
    filling("std::unordered_map", [&](Entry* entry) { standard.insert(entry); });
    std::println("{:9} keys, octets a key of ours' table: {:.1f}", count, ours.octets_a_key());
    std::println("{:9} keys, octets in use a key, its value of {} too: {:.1f}", count, value_octets,
                 static_cast<double>(exo::kv::used_bytes() - used) / static_cast<double>(count));

    const std::string there = keys_from(0, count), not_there = keys_from(count, count);
    const auto all = [&](const std::string& keys) {
        return std::vector<Contender>{{"ours", [&] { return ours.look_up(keys.data(), count); }},
                                      {"ours, in groups", [&] { return ours.look_up_groups(keys.data(), count); }},
                                      {"absl::flat_hash_map", [&] { return absl.look_up(keys.data(), count); }},
                                      {"std::unordered_map", [&] { return standard.look_up(keys.data(), count); }}};
    };
    compare(std::format("{:9} keys, found", count), count, sum, all(there), rounds);
    compare(std::format("{:9} keys, not found", count), count, 0, all(not_there), rounds);
    for (Entry* const entry : entries)
        Entry::destroy(entry);
}

} // namespace

int main(int count, char** words) {
    const bool smoke = count > 1 && std::strcmp(words[1], "--smoke") == 0;
    if (count > 1 && !smoke) {
        std::println(stderr, "usage: index [--smoke]");
        return 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0); // rows are read as they come
    for (const std::size_t keys : {10'000u, 1'000'000u, 8'000'000u}) {
        if (smoke && keys > 10'000)
            break;
        measure(keys, smoke ? 2 : 11);
    }
    return wrong;
}
