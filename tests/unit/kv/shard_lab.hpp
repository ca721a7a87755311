// A front and its shards in one thread: a test says which of them works when.
#pragma once

#include "libos-kv/shard/front.hpp"
#include "libos-kv/shard/shard.hpp"
#include "tests/unit/kv/lab.hpp"

#include <format>
#include <memory>
#include <vector>

namespace kv_test {

inline std::uint64_t shard_lab_us = 1'700'000'000'000'000;

inline Surroundings shard_surroundings() {
    Surroundings its;
    its.realtime_us = its.monotonic_us = [] { return shard_lab_us; };
    its.seed = 7;
    its.memory_bytes = 8ull << 30;
    return its;
}

inline std::string resp(const std::vector<std::string>& words) {
    std::string text = std::format("*{}\r\n", words.size());
    for (const std::string& word : words)
        text += std::format("${}\r\n{}\r\n", word.size(), word);
    return text;
}

struct Vcores {
    std::vector<std::unique_ptr<Rings>> rings;
    std::unique_ptr<Front> front;
    std::vector<std::unique_ptr<Shard>> shards;

    explicit Vcores(unsigned count) {
        Array<Rings*> theirs;
        for (unsigned shard = 0; shard < count; shard++)
            theirs.push(rings.emplace_back(std::make_unique<Rings>()).get());
        front = std::make_unique<Front>(shard_surroundings(), std::move(theirs), [](unsigned) {});
        for (unsigned shard = 0; shard < count; shard++)
            shards.push_back(std::make_unique<Shard>(shard_surroundings(), shard, count,
                                                     front->server.config.max_memory, *rings[shard]));
    }
    // Until nobody has anything to do.
    void settle() {
        for (bool moved = true; moved;) {
            moved = false;
            for (auto& shard : shards)
                moved |= shard->poll();
            moved |= front->poll();
        }
    }
    // A key of that shard.
    std::string key(unsigned shard, unsigned number = 0) const {
        for (unsigned tries = 0;; tries++)
            if (const std::string name = std::format("key:{}", tries);
                shard_of(name, static_cast<unsigned>(shards.size())) == shard && number-- == 0)
                return name;
    }
};

struct Peer {
    Vcores* vcores;
    Session* session;

    explicit Peer(Vcores& its) : vcores(&its), session(its.front->open("10.0.0.1:5000", "10.0.0.2:6379")) {}
    void send(const std::vector<std::string>& words) { vcores->front->input(session, resp(words)); }
    std::string take() {
        const std::string text(session->to_send());
        session->sent(text.size());
        return text;
    }
    // Everybody works until nothing is left to do.
    std::string ask(const std::vector<std::string>& words) {
        send(words);
        vcores->settle();
        return take();
    }
};

} // namespace kv_test
