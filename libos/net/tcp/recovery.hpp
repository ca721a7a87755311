// Recovery from loss by what the peer says it has (SACK, RFC 2018): which segments are lost is inferred from those sent
// later that arrived (RFC 6675, RFC 8985), they are sent again as the congestion window has room, and a silence is
// probed before the engine's timeout. Where segments overtake each other, only time tells a loss, and a recovery that
// turns out to have been for nothing is undone. lwIP's own way, duplicate acknowledgements and the timeout, is what is
// left with peers without SACK. Not for users: stream.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

struct tcp_hdr; // lwIP's
struct tcp_pcb;
struct tcp_seg;

namespace exo::net {

inline constexpr std::uint64_t no_probe = ~std::uint64_t(0);

// What a connection knows beyond the engine.
struct TcpRecovery {
    bool on = false;
    bool gaps = false;                    // the peer has octets behind some that it lacks
    bool reordered = false;               // segments overtake each other on the way (RFC 8985 6.2): time alone tells
    bool in_vain = false;                 // on: what was sent again had arrived (RFC 3522)
    bool after_timeout = false;           // the engine's timeout began it: the window grows from one segment
    std::uint32_t point = 0;              // on: until this much is acknowledged
    std::uint32_t window = 0;             // on: octets that may be in flight
    std::uint32_t window_before = 0;      // on: what the engine had when it began; 0: it is not given back
    std::uint32_t threshold_before = 0;   // likewise
    std::uint32_t sent_again_ms = 0;      // on: when a lost segment first went out again; 0: none has
    std::uint32_t highest = 0;            // the end of what has arrived, this acknowledgement's included
    std::uint32_t highest_before = 0;     // without it
    std::uint32_t patience = 2;           // quarters of a round trip that a segment may be late
    std::uint32_t delivered_ms = 0;       // when the latest segment was sent that has arrived
    std::uint32_t round_trip_ms_x8 = 0;   // smoothed; 0: not measured
    std::uint32_t segments_again = 0;     // sent once more, ever
    std::uint32_t timeouts = 0;           // of the engine before its timers ran
    std::uint64_t probe_at_ms = no_probe; // silence until then is probed
};

// A segment has come, before the engine sees it: its acknowledgements, selective ones included, are noted.
void note_acknowledgements(tcp_pcb& pcb, const tcp_hdr& header, std::size_t option_octets);
// After the engine has seen it, or a timer ran: what is lost goes out again.
void recover(tcp_pcb& pcb);
// Octets were sent: their silence is watched from now on.
void watch_silence(tcp_pcb& pcb);
// Every step of the timers, for every connection. When this is to run again, in ms of the stack's clock, or no_probe.
std::uint64_t probe_silence(tcp_pcb& pcb, std::uint64_t now_ms);
// Before the engine's timers, which take the window away at a timeout: what it is.
void before_timeout(const tcp_pcb& pcb);
// The engine's timeout has moved everything to what is to be sent: what the peer has is taken out of that again.
void after_timeout(tcp_pcb& pcb);

} // namespace exo::net
