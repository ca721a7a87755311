// Puts fragments of IPv4 datagrams together (RFC 791 3.2; RFC 815 without its holes: the fragments are kept in order).
// Bounded in datagrams, packets and time. Fragments that overlap end their datagram: nobody honest makes them, and two
// readings of one datagram are a way past filters (RFC 1858, RFC 5722). An exact repetition is dropped.
#pragma once

#include "libos/net/clock.hpp"
#include "libos/net/packet.hpp"
#include "libos/net/wire/ipv4.hpp"

#include <array>

namespace exo::net {

inline constexpr std::size_t reassembly_datagrams_max = 16;
inline constexpr std::size_t reassembly_fragments_max = 128; // of one datagram: 65,535 octets at an MTU of 576
inline constexpr std::uint64_t reassembly_time_ms = 15'000;  // RFC 791 suggests it

struct ReassemblyCounters {
    std::uint64_t completed = 0, timed_out = 0;
    std::uint64_t overlaps = 0, malformed = 0;
    std::uint64_t evicted = 0; // to make room for others
};

class Reassembly {
public:
    Reassembly() = default;
    Reassembly(const Reassembly&) = delete;
    Reassembly& operator=(const Reassembly&) = delete;
    ~Reassembly() { clear(); }

    // Packets it may keep altogether.
    void open(std::size_t packets_max) { packets_max_ = packets_max; }
    void clear();

    struct Whole {
        Packet* first = nullptr; // null: not complete yet
        std::size_t octets = 0;  // of payload in all packets
    };
    // Takes a fragment, whose data() are its IP payload and nothing else. Once all are there gives the datagram's
    // payload as a chain, the first packet's IP header still before it in its buffer.
    Whole add(Packet* fragment, const Ipv4Header& header, std::uint64_t now, const Clock& clock);
    // Drops what has waited too long; returns when to be called again.
    std::uint64_t tick(std::uint64_t now);

    std::size_t packets() const { return packets_; }
    const ReassemblyCounters& counters() const { return counters_; }

private:
    struct Datagram {
        Ipv4Address source, destination;
        std::uint16_t identification = 0;
        std::uint8_t protocol = 0;
        std::uint16_t fragments = 0;  // 0: the place is free
        std::uint32_t octets = 0;     // there
        std::uint32_t octets_all = 0; // once the last fragment has come, else 0
        std::uint64_t deadline = 0;
        Packet* first = nullptr; // by offset, linked by cookie[0]; cookie[1] is the offset
    };
    Datagram* find(const Ipv4Header& header);
    Datagram& free_place();
    void drop_oldest();
    void drop(Datagram& datagram);
    enum class Placed { Yes, Repeated, Overlaps };
    static Placed place(Datagram& datagram, Packet* fragment, std::size_t offset);
    Whole complete(Datagram& datagram);

    std::array<Datagram, reassembly_datagrams_max> datagrams_{};
    std::size_t packets_ = 0;
    std::size_t packets_max_ = 256;
    ReassemblyCounters counters_;
};

} // namespace exo::net
