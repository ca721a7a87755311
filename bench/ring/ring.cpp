// What a request for another vcore's slot costs beside its own work: see README.md.
#include "libos-kv/shard/ring.hpp"
#include "bench/ring/gets.hpp"
#include "bench/ring/turn.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <format>
#include <memory>
#include <mutex>
#include <print>
#include <string>
#include <string_view>
#include <thread>

namespace {

using bench::ring::Clock, bench::ring::require, bench::ring::Turn;
using exo::kv::MessageHeader;
using exo::kv::MessageKind;
using exo::kv::Ring;

constexpr std::string_view request = "*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000042\r\n";
constexpr std::size_t reply_octets = 71; // "$64", a value of 64 octets, and their line ends

// A pair of our rings.
struct OurRings {
    std::unique_ptr<Ring> there = std::make_unique<Ring>(), back = std::make_unique<Ring>();

    static bool put(Ring& ring, std::string_view octets) { return ring.push({.kind = MessageKind::Request}, octets); }
    // The octets' count; 0: nothing is there.
    static std::size_t take(Ring& ring) {
        MessageHeader header;
        std::string_view octets;
        if (!ring.front(header, octets))
            return 0;
        const std::size_t size = octets.size();
        ring.pop(header);
        return size;
    }
};

// What a program with threads would take instead.
struct LockedQueue {
    std::mutex mutex;
    std::deque<std::string> messages;
};
struct LockedQueues {
    std::unique_ptr<LockedQueue> there = std::make_unique<LockedQueue>(), back = std::make_unique<LockedQueue>();

    static bool put(LockedQueue& queue, std::string_view octets) {
        const std::lock_guard guard(queue.mutex);
        queue.messages.emplace_back(octets);
        return true;
    }
    static std::size_t take(LockedQueue& queue) {
        const std::lock_guard guard(queue.mutex);
        if (queue.messages.empty())
            return 0;
        const std::size_t size = queue.messages.front().size();
        queue.messages.pop_front();
        return size;
    }
};

// One thread writes and reads: the instructions alone.
template <typename Pair>
double alone(Clock::duration length) {
    Pair pair;
    const std::string reply(reply_octets, 'v');
    Turn turn(length);
    do {
        require(pair.put(*pair.there, request) && pair.take(*pair.there) == request.size(), "a request was lost");
        require(pair.put(*pair.back, reply) && pair.take(*pair.back) == reply_octets, "a reply was lost");
    } while (turn.count(1));
    return turn.nanoseconds_each();
}

// The octets of what comes; 0: it was stopped. Where the other thread has no processor, it is left this one.
template <typename Pair>
std::size_t wait_for(Pair& pair, auto& queue, const std::atomic<bool>& stopped) {
    constexpr unsigned spins = 10'000;
    for (unsigned tries = 1;; tries++) {
        if (const std::size_t octets = pair.take(queue))
            return octets;
        if (stopped.load(std::memory_order_relaxed))
            return 0;
        if (tries % spins == 0)
            std::this_thread::yield();
    }
}

// Two threads, `depth` requests on their way at a time.
template <typename Pair>
double between(Clock::duration length, std::size_t depth) {
    Pair pair;
    std::atomic<bool> stopped = false;
    std::thread other([&] {
        const std::string reply(reply_octets, 'v');
        while (const std::size_t octets = wait_for(pair, *pair.there, stopped)) {
            require(octets == request.size(), "a request came damaged");
            while (!pair.put(*pair.back, reply)) {
            }
        }
    });
    Turn turn(length);
    for (std::size_t sent = 0; sent < depth; sent++)
        require(pair.put(*pair.there, request), "so few requests do not fit");
    do {
        require(wait_for(pair, *pair.back, stopped) == reply_octets, "a reply came damaged");
        require(pair.put(*pair.there, request), "so few requests do not fit");
    } while (turn.count(1));
    stopped = true;
    other.join();
    return turn.nanoseconds_each();
}

// The least of several turns of each, which take turns.
void compare(std::string_view what, std::string_view one, auto ours, std::string_view other, auto theirs) {
    constexpr int turns = 11;
    double least = 1e18, their_least = 1e18;
    for (int turn = 0; turn < turns; turn++) {
        least = std::min(least, ours());
        their_least = std::min(their_least, theirs());
    }
    std::println("{:28} {} {:8.1f} ns   {} {:8.1f} ns   ratio {:.3f}", what, one, least, other, their_least,
                 least / their_least);
}

} // namespace

int main(int count, char** words) {
    const bool smoke = count == 2 && std::string_view(words[1]) == "--smoke";
    if (count > 1 && !smoke) {
        std::println(stderr, "usage: ring [--smoke]");
        return 64;
    }
    const auto length = std::chrono::milliseconds(smoke ? 2 : 100);
    constexpr std::string_view ours = "ours", theirs = "mutex and deque";
    compare(
        "one thread, there and back", ours, [&] { return alone<OurRings>(length); }, theirs,
        [&] { return alone<LockedQueues>(length); });
    for (const std::size_t depth : {1, 32})
        compare(
            std::format("two threads, {} on their way", depth), ours, [&] { return between<OurRings>(length, depth); },
            theirs, [&] { return between<LockedQueues>(length, depth); });
    for (const std::size_t depth : {1, 32})
        compare(
            std::format("GET, {} at a time", depth), "front and shard",
            [&] { return bench::ring::gets_of_shard(length, depth); }, "one server",
            [&] { return bench::ring::gets_of_server(length, depth); });
    return 0;
}
