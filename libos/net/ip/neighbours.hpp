// Who has which address on the link: ARP's cache (RFC 826; RFC 1122 2.3.2). A pure table of fixed size; the interface
// sends what it says is to be sent. Sets of four entries, so that looking up costs the same however full it is.
#pragma once

#include "libos/net/address.hpp"
#include "libos/net/clock.hpp"
#include "libos/net/port.hpp"

#include <array>

namespace exo::net {

inline constexpr std::size_t neighbour_sets = 64;
inline constexpr std::size_t neighbour_ways = 4;
// Frames kept for one neighbour that has not answered yet.
inline constexpr std::size_t neighbour_waiting_max = 64; // a datagram in fragments
inline constexpr unsigned neighbour_attempts_max = 4;
inline constexpr std::uint64_t neighbour_retry_ms = 500;
// A mapping not confirmed this long is asked for again, to the station that had it, while it stays in use.
inline constexpr std::uint64_t neighbour_lifetime_ms = 60'000;

struct Neighbour {
    enum class State : std::uint8_t { Free, Asking, Known, Refreshing };

    Ipv4Address address;
    State state = State::Free;
    std::uint8_t attempts = 0;
    std::uint8_t waiting_count = 0;
    MacAddress mac{};
    std::uint64_t deadline = 0; // Asking, Refreshing: of the next attempt; Known: of the refresh
    std::uint64_t used = 0;     // for choosing whom to forget
    Packet* waiting = nullptr;  // frames complete but for their destination, linked by cookie[0]

    bool is_usable() const { return state == State::Known || state == State::Refreshing; }
};

class Neighbours {
public:
    // The entry of an address, or null. Usable or not.
    Neighbour* find(Ipv4Address address);
    // A new entry in state Asking, due at once. Forgets the least recently used of its set; that one's frames are
    // released.
    Neighbour& add(Ipv4Address address, std::uint64_t now);
    // What a message about an address says. The caller then sends what was waiting (take_waiting).
    void learn(Neighbour& neighbour, const MacAddress& mac, std::uint64_t now, const Clock& clock);
    void forget(Neighbour& neighbour);
    void forget_all();

    // Keeps a frame. False: too many wait already, and the caller still has it.
    static bool keep(Neighbour& neighbour, Packet* frame);
    // The oldest frame that waits, or null.
    static Packet* take_waiting(Neighbour& neighbour);

    // Changes whenever an address no longer means the station that it meant, so that whoever keeps a copy of a MAC
    // address compares one number. Never 0.
    std::uint64_t generation() const { return generation_; }
    void invalidate() { generation_++; }

    template <typename Visit>
    void for_each(Visit visit) {
        for (auto& set : sets_)
            for (Neighbour& neighbour : set)
                if (neighbour.state != Neighbour::State::Free)
                    visit(neighbour);
    }

private:
    std::array<Neighbour, neighbour_ways>& set_of(Ipv4Address address) {
        return sets_[address.number() % neighbour_sets];
    }

    std::uint64_t generation_ = 1;
    std::array<std::array<Neighbour, neighbour_ways>, neighbour_sets> sets_{};
};

} // namespace exo::net
