// The metrics port over TCP, both ends in one program: who is answered, and that silent peers neither pile up nor keep
// others from their page.
#include "libos-kv/machine/metrics_links.hpp"
#include "libos-kv/shard/shard.hpp"
#include "libos/time/clock.hpp"
#include "tests/unit/net/tcp_lab.hpp"

#include <array>
#include <cstdlib>
#include <memory>

using namespace exo::kv;
using namespace net_test;

void exo::kv::out_of_memory(std::size_t) {
    std::abort();
}

// The clock's rate: a cycle is a nanosecond here.
std::uint64_t exo::ns_to_cycles(std::uint64_t ns) {
    return ns;
}

namespace {

constexpr std::uint16_t port = 9121;

Surroundings surroundings() {
    Surroundings its;
    its.realtime_us = its.monotonic_us = its.busy_us = [] { return std::uint64_t{1}; };
    its.seed = 7;
    its.memory_bytes = 1u << 30;
    return its;
}

// `Host`: what is asked, and told of.
template <typename Host>
struct MetricsLab : Lab {
    MetricsLab() { REQUIRE(links.open(stack, port)); }
    void work(unsigned ms = 50) {
        for (; ms != 0; --ms) {
            step();
            (void)links.serve();
        }
    }
    std::unique_ptr<TcpStream> connected() {
        auto peer = std::make_unique<TcpStream>();
        REQUIRE(peer->connect(stack, {Ipv4Address::of(10, 0, 0, 3), port}, {Ipv4Address::of(10, 0, 0, 2), 0}));
        work();
        return peer;
    }
    static bool is_ended(const TcpStream& peer) {
        return (peer.ready() & (tcp_ready::failed | tcp_ready::finished)) != 0;
    }
    std::string answer(TcpStream& peer, std::string_view request) {
        if (!request.empty())
            REQUIRE(peer.write(std::as_bytes(std::span(request))));
        std::string text;
        std::array<char, 4096> piece;
        for (unsigned turn = 0; turn < 200; ++turn) {
            work(1);
            text.append(piece.data(), peer.read(std::as_writable_bytes(std::span(piece))));
        }
        return text;
    }

    Host host;
    MetricsLinks links{*host};
};

struct Alone {
    Server server{surroundings()};
    Server& operator*() { return server; }
};
using AloneLab = MetricsLab<Alone>;

// Two vcores, the second of which does nothing until it is told to.
struct Shared {
    Shared() {
        Array<Rings*> theirs;
        for (auto& each : rings)
            theirs.push(each.get());
        front = std::make_unique<Front>(surroundings(), std::move(theirs), [](unsigned) {});
        for (std::size_t shard = 0; shard < rings.size(); ++shard)
            shards[shard] = std::make_unique<Shard>(surroundings(), shard, rings.size(), 0, *rings[shard]);
    }
    Front& operator*() { return *front; }
    void poll() {
        for (const auto& shard : shards)
            shard->poll();
        front->poll();
    }

    std::array<std::unique_ptr<Rings>, 2> rings{std::make_unique<Rings>(), std::make_unique<Rings>()};
    std::unique_ptr<Front> front;
    std::array<std::unique_ptr<Shard>, 2> shards;
};
using SharedLab = MetricsLab<Shared>;

} // namespace

TEST_CASE_FIXTURE(AloneLab, "kv metrics links: a page for a request, and the end") {
    const auto peer = connected();
    const std::string page = answer(*peer, "GET /metrics HTTP/1.0\r\n\r\n");
    CHECK(page.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(page.ends_with("# EOF\n"));
    CHECK(is_ended(*peer));
    peer->close();
    work();
    CHECK(links.deadline() == 0); // nobody is left
}

TEST_CASE_FIXTURE(AloneLab, "kv metrics links: of nine the oldest goes") {
    std::array<std::unique_ptr<TcpStream>, 9> peers;
    for (std::size_t index = 0; index < 8; ++index)
        peers[index] = connected();
    for (std::size_t index = 0; index < 8; ++index)
        CHECK_FALSE(is_ended(*peers[index]));
    peers[8] = connected();
    CHECK(is_ended(*peers[0]));
    CHECK_FALSE(is_ended(*peers[1]));
    CHECK(answer(*peers[8], "GET /metrics HTTP/1.0\r\n\r\n").ends_with("# EOF\n"));
    for (const auto& peer : peers)
        peer->close();
    work();
    CHECK(links.deadline() == 0);
}

TEST_CASE_FIXTURE(SharedLab,
                  "kv metrics links: who asks while others' page is collected gets one that was collected later") {
    const std::string_view request = "GET /metrics HTTP/1.0\r\n\r\n";
    const auto first = connected(), second = connected();
    CHECK(answer(*first, request) == "");
    CHECK_FALSE(is_ended(*first));
    host.shards[0]->server.statistics.hits = host.shards[1]->server.statistics.hits = 20;
    host.shards[0]->poll();
    host.shards[1]->poll();
    host.shards[0]->server.statistics.hits = host.shards[1]->server.statistics.hits = 30;
    REQUIRE(second->write(std::as_bytes(std::span(request))));
    work();
    for (const auto& [peer, hits] : {std::pair{first.get(), "40"}, {second.get(), "60"}}) {
        host.poll();
        const std::string page = answer(*peer, "");
        CHECK(page.contains(std::string("\nredis_keyspace_hits_total ") + hits + "\n"));
        CHECK(page.ends_with("# EOF\n"));
        CHECK(is_ended(*peer));
        peer->close();
    }
    work();
    CHECK(links.deadline() == 0);
}

TEST_CASE_FIXTURE(SharedLab, "kv metrics links: who has said all, or is gone before the page is, is no matter") {
    const std::string_view request = "GET /metrics HTTP/1.0\r\n\r\n";
    const auto polite = connected();
    auto gone = connected();
    REQUIRE(polite->write(std::as_bytes(std::span(request))));
    REQUIRE(polite->shut_send());
    REQUIRE(gone->write(std::as_bytes(std::span(request))));
    work();
    gone->abort();
    work();
    host.poll();
    CHECK(answer(*polite, "").ends_with("# EOF\n"));
    polite->close();
    work();
    CHECK(links.deadline() == 0);
    CHECK_FALSE(host.front->is_expecting());
}
