// See shards.hpp.
#include "tests/unit/kv-journal/shards.hpp"

#include <doctest/doctest.h>
#include <format>

namespace journal_test {

ShardsLife::ShardsLife(MemoryDisk& disk, unsigned count, Durability durability, std::string* problem)
    : journals(new Journals(disk)) {
    const std::string why = open(count, durability);
    if (problem)
        *problem = why;
    else
        REQUIRE(why == "");
}

std::string ShardsLife::open(unsigned count, Durability durability) {
    if (const auto opened = journals->open({}); !opened)
        return problem_text(opened.error());
    const Surroundings its = surroundings();
    Array<Rings*> of_front;
    Array<LogLine*> of_shards;
    for (unsigned shard = 0; shard < count; shard++) {
        of_front.push(rings.emplace_back(new Rings).get());
        of_shards.push(lines.emplace_back(new LogLine).get());
    }
    front.reset(new Front(its, std::move(of_front), [](unsigned) {}));
    front->server.config.durability = durability;
    std::unique_ptr<Keeping> its_keeping(new Keeping(*journals, std::move(of_shards), durability));
    for (unsigned shard = 0; shard < count; shard++) {
        shards.emplace_back(new Shard(its, shard, count, 0, *rings[shard]));
        if (const Text problem = its_keeping->attach(shard, *shards.back()); !problem.empty())
            return problem.data();
    }
    if (const Text problem = its_keeping->finish(); !problem.empty())
        return problem.data();
    keeping = std::move(its_keeping);
    return "";
}

void ShardsLife::work() {
    for (bool moved = true; moved;) {
        moved = front->poll();
        for (auto& shard : shards)
            moved |= shard->poll();
    }
}

void ShardsLife::send(Session* session, const Words& words) {
    front->input(session, request(words));
    work();
}

void ShardsLife::turn() {
    for (auto& shard : shards)
        shard->turn();
    keeping->writer().poll();
    work();
}

void ShardsLife::settle() {
    for (int turns = 0; turns < 1000; turns++) {
        turn();
        bool rests = !keeping->writer().is_active();
        for (auto& shard : shards) {
            const Log& log = shard->server.recorder->log();
            rests &= log.is_durable(log.ticket()) && !shard->server.recorder->is_scanning();
        }
        if (rests)
            return turn();
        now_us += 1000;
    }
    FAIL("it never comes to rest");
}

std::string ShardsLife::ask(Session* session, const Words& words) {
    send(session, words);
    settle();
    return take(session);
}

Contents ShardsLife::contents() const {
    Contents all;
    for (const auto& shard : shards)
        all.merge(contents_of(shard->server));
    return all;
}

std::string ShardsLife::key(unsigned shard, unsigned number) const {
    for (unsigned tries = 0;; tries++)
        if (const std::string name = std::format("key:{}", tries);
            shard_of(name, static_cast<unsigned>(shards.size())) == shard && number-- == 0)
            return name;
}

} // namespace journal_test
