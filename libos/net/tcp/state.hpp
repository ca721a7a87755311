// The one state of TCP in a program: the engine's own is as global. Not for users: stack.hpp.
#pragma once

#include "libos/net/tcp/connection.hpp"
#include "libos/net/tcp/connection_store.hpp"
#include "libos/net/tcp/control_blocks.hpp"
#include "libos/net/tcp/spill.hpp"
#include "libos/net/tcp/turns.hpp"
#include "libos/net/tcp/views.hpp"

struct netif; // lwIP's

namespace exo::net {

struct TcpState {
    TcpStack* stack = nullptr; // null: closed
    Network* network = nullptr;
    bool within_poll = false;    // Network::poll, or a TcpBatch, gives the port what is queued
    std::uint64_t last_tick = 0; // up to when the engine's clock has been told of time
    std::uint64_t next_tick = never;
    std::uint64_t next_probe = never;
    bool ticks_fast = false;             // there is something for the engine's timers
    tcp_pcb* seen = nullptr;             // whose segment the engine is looking at
    std::array<TcpConnection*, 32> held; // whose acknowledgements wait for the end of the burst
    std::size_t held_count = 0;
    std::array<Turns, interfaces_max> turns; // of each interface
    RefusedList refused;                     // connections, those first that are to be told first
    Views views;
    Spill spill;
    ControlBlocks blocks;
    ConnectionStore connections;

    std::uint64_t now_ms() const { return network->clock().now() / network->clock().ticks_per_ms; }
    void need_timer();
    void need_probe(std::uint64_t at_ms);
};

// Null until a stack was opened first.
extern TcpState* tcp_state;
inline TcpState& tcp_globals() {
    return *tcp_state;
}
// The engine's idea of an interface, brought up to date.
netif* netif_of(Interface& interface);

} // namespace exo::net
