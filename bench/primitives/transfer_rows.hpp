// Rows in which control moves: into the kernel and back, between threads, between
// protection domains. Any Port of suite.hpp; no system call here.
#pragma once

#include "bench/primitives/sampling.hpp"

#include <atomic>

namespace bench {

// A lock on one word that may be handed from thread to thread: 0 free, 1 taken,
// 2 taken and somebody may sleep. The shape of every futex-backed mutex.
template <class Port>
class Baton {
public:
    explicit Baton(Port& port, std::uint32_t initial) : port_(port), word_(initial) {}

    void take() {
        std::uint32_t seen = 0;
        if (word_.compare_exchange_strong(seen, 1, std::memory_order_acquire)) // acquire; pairs with `pass`
            return;
        while (word_.exchange(2, std::memory_order_acquire) != 0)
            port_.wait(word_, 2);
    }

    void pass() {
        if (word_.exchange(0, std::memory_order_release) == 2)
            port_.wake_one(word_);
    }

private:
    Port& port_;
    std::atomic<std::uint32_t> word_;
};

inline constexpr std::uint32_t settling_yields_max = 100'000;

template <class Port>
struct TransferRows {
    Port& port;

    std::uint64_t null_call(std::uint32_t operations) {
        return timed(operations, [&] { port.null_call(); });
    }

    std::uint64_t getpid(std::uint32_t operations) {
        return timed(operations, [&] { port.getpid(); });
    }

    // One byte's worth of request to another protection domain and its answer.
    std::uint64_t domain_round_trip(std::uint32_t operations) {
        port.start_answering_domain();
        port.domain_round_trip();
        const std::uint64_t cycles = timed(operations, [&] { port.domain_round_trip(); });
        port.stop_answering_domain();
        return cycles;
    }

    // Two threads that do nothing but yield; divided by the switches that took place.
    std::uint64_t thread_switch(std::uint32_t operations) {
        Yielders shared{.port = port};
        port.spawn(
            [](void* argument) {
                auto& yielders = *static_cast<Yielders*>(argument);
                yielders.run(2, ~0u);
            },
            &shared);
        // A scheduler may keep a new thread back at first: wait until both take turns.
        for (std::uint32_t i = 0; i < settling_yields_max / operations && shared.run(1, operations) < operations; ++i) {
        }
        const std::uint64_t start = read_tsc();
        const std::uint32_t switches = shared.run(1, operations);
        const std::uint64_t cycles = read_tsc() - start;
        shared.stop.store(true, std::memory_order_relaxed);
        port.join();
        return cycles * operations / std::max(switches, 1u);
    }

    // There and back: two hand-overs of a contended lock, each to a sleeping thread.
    std::uint64_t mutex_round_trip(std::uint32_t operations) {
        struct Players {
            Baton<Port> ours, theirs;
            std::uint32_t rounds;
        } players{.ours = Baton<Port>(port, 1), .theirs = Baton<Port>(port, 1), .rounds = operations + 1};
        port.spawn(
            [](void* argument) {
                auto& other = *static_cast<Players*>(argument);
                for (std::uint32_t i = 0; i < other.rounds; ++i) {
                    other.theirs.take();
                    other.ours.pass();
                }
            },
            &players);
        const auto round = [&] {
            players.theirs.pass();
            players.ours.take();
        };
        round();
        const std::uint64_t cycles = timed(operations, round);
        port.join();
        return cycles;
    }

private:
    struct Yielders {
        Port& port;
        std::atomic<std::uint32_t> last_runner = 0;
        std::atomic<std::uint32_t> switches = 0;
        std::atomic<bool> stop = false;

        // Both threads share one core: relaxed counters cannot lose an update between yields.
        std::uint32_t run(std::uint32_t self, std::uint32_t rounds) {
            const std::uint32_t before = switches.load(std::memory_order_relaxed);
            for (std::uint32_t i = 0; i < rounds && !stop.load(std::memory_order_relaxed); ++i) {
                if (last_runner.exchange(self, std::memory_order_relaxed) != self)
                    switches.fetch_add(1, std::memory_order_relaxed);
                port.yield();
            }
            return switches.load(std::memory_order_relaxed) - before;
        }
    };

    template <class Operation>
    static std::uint64_t timed(std::uint32_t operations, Operation operation) {
        const std::uint64_t start = read_tsc();
        for (std::uint32_t i = 0; i < operations; ++i)
            operation();
        return read_tsc() - start;
    }
};

} // namespace bench
