// A closed loop of connections: each sends a batch of requests, waits for all replies, and sends the next one. One
// vcore, which polls.
#pragma once

#include "bench/load/client.hpp"

namespace bench::load {

inline constexpr std::size_t clients_max = 50;

// What is asked for.
struct Phase {
    Work work = Work::get;
    unsigned pipeline = 1; // requests of a batch
    std::uint32_t first_key = 0, keys = 1;
    std::span<const std::uint32_t> among = {}; // these keys; empty: those from first_key on
    bool in_order = false;                     // else any key is as likely
    std::uint32_t warm_up = 0;                 // requests that come first, unmeasured
    std::uint32_t requests = 0;                // measured
};

struct Outcome {
    std::uint64_t millicycles = 0;  // a request: the time they took together, over their number
    std::uint64_t p50 = 0, p99 = 0; // cycles from a batch's sending to its last reply
    std::uint64_t all_requests = 0; // those that are not measured, too
};

class Load {
public:
    // Connects `clients` to the server, however long that takes to come up (two minutes at most).
    void open(exo::net::Network& network, exo::net::TcpStack& stack, const Dialect& dialect, std::size_t clients);
    // Behind it nothing is on its way.
    Outcome run(const Phase& phase);
    // A note for the harness when segments had to be sent again: on a wire that loses nothing the server, or this
    // machine, was slower than TCP's timers, and what they then sent, and answered, for nothing is in every figure.
    void note_segments_again() const;

private:
    struct Slot {
        Load* load;
        Client client;
        bool queued = false; // it is in ready_
    };
    static void on_ready(void* context);
    void connect(Client& client, exo::net::TcpStack& stack, const Dialect& dialect);
    bool send_batch(Client& client);
    void serve(Slot& slot);
    std::uint32_t key_at(std::uint32_t index) const;
    std::uint32_t next_key();

    exo::net::Network* network_ = nullptr;
    std::size_t clients_ = 0, ready_count_ = 0;
    std::array<Slot, clients_max> slots_;
    std::array<Slot*, clients_max> ready_{};

    Phase phase_;
    std::uint64_t random_ = 0x9e37'79b9'7f4a'7c15;
    std::size_t busy_clients_ = 0; // with a batch on its way
    std::uint64_t issued_ = 0, done_ = 0, done_at_end_ = 0, begin_ = 0, end_ = 0;
    static constexpr std::size_t samples_max = 1 << 18;
    std::uint64_t all_issued_ = 0; // of all phases
    std::size_t samples_ = 0;
    std::array<std::uint64_t, samples_max> sample_{};
};

} // namespace bench::load
