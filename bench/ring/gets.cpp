// See gets.hpp.
#include "bench/ring/gets.hpp"

#include "bench/ring/turn.hpp"
#include "libos-kv/shard/front.hpp"
#include "libos-kv/shard/shard.hpp"

#include <memory>
#include <string>

void exo::kv::out_of_memory(std::size_t) {
    std::abort();
}

namespace bench::ring {

namespace {

using namespace exo::kv;

constexpr std::string_view set = "*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000042\r\n$64\r\n"
                                 "0123456789012345678901234567890123456789012345678901234567890123\r\n";
constexpr std::string_view get = "*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000042\r\n";
constexpr std::size_t reply_octets = 71;

Surroundings surroundings() {
    Surroundings its;
    its.realtime_us = its.monotonic_us = [] { return std::uint64_t{1'700'000'000'000'000}; };
    its.seed = 7;
    its.memory_bytes = std::uint64_t{1} << 30;
    return its;
}

struct Alone {
    Server server{surroundings()};
    Session* session = server.open("10.0.0.1:5000", "10.0.0.2:6379");

    void ask(std::string_view requests) { server.input(session, requests); }
};

// The shard is polled when the front has spoken, as on the vcore that both share.
struct Shared {
    std::unique_ptr<Rings> rings = std::make_unique<Rings>();
    std::unique_ptr<Front> front;
    std::unique_ptr<Shard> shard;
    Session* session;

    Shared() {
        Array<Rings*> theirs;
        theirs.push(rings.get());
        front = std::make_unique<Front>(surroundings(), std::move(theirs), [](unsigned) {});
        shard = std::make_unique<Shard>(surroundings(), 0, 1, front->server.config.max_memory, *rings);
        session = front->open("10.0.0.1:5000", "10.0.0.2:6379");
    }
    void ask(std::string_view requests) {
        front->input(session, requests);
        front->flush();
        (void)shard->poll();
        (void)front->poll();
    }
};

std::size_t take(Session& session) {
    const std::size_t octets = session.to_send().size();
    session.sent(octets);
    return octets;
}

template <typename Store>
double gets(Clock::duration length, std::size_t depth) {
    Store store;
    store.ask(set);
    require(take(*store.session) == 5, "a key was not set");
    std::string requests;
    for (std::size_t request = 0; request < depth; request++)
        requests += get;
    Turn turn(length);
    do {
        store.ask(requests);
        require(take(*store.session) == depth * reply_octets, "a reply to GET came damaged");
    } while (turn.count(depth));
    return turn.nanoseconds_each();
}

} // namespace

double gets_of_server(Clock::duration length, std::size_t depth) {
    return gets<Alone>(length, depth);
}

double gets_of_shard(Clock::duration length, std::size_t depth) {
    return gets<Shared>(length, depth);
}

} // namespace bench::ring
