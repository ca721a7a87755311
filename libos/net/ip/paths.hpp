// Ways that packets have gone: the 34 octets before a payload, Ethernet and IPv4, kept from one packet for the next to
// the same peer. What differs is patched: length, identification, checksum. A path holds while the interface's
// generation is the one that it was made in (Neighbours::generation): who has the next hop's address, our own address
// and the MTU are what they were then. A pure table of fixed size; a peer that shares its place with another one takes
// it, and costs the copying of 34 octets.
#pragma once

#include "libos/net/wire/ethernet.hpp"
#include "libos/net/wire/ipv4.hpp"

#include <array>

namespace exo::net {

inline constexpr std::uint16_t path_octets = ethernet_header_octets + ipv4_header_octets;

// How an IPv4 payload is to travel.
struct Ipv4Send {
    Ipv4Address source, destination;
    std::uint8_t protocol;
    std::uint8_t time_to_live = 64;
    std::uint8_t service = 0;
    bool do_not_fragment = false;
};

class Ipv4Path {
public:
    // A packet has gone behind this header, the checksum of which is right.
    void keep(const std::byte* header, const Ipv4Send& how, std::uint64_t generation);
    bool is_for(const Ipv4Send& how, std::uint64_t generation) const {
        return generation_ == generation && ends_ == ends_of(how) && manner_ == manner_of(how);
    }
    // Writes the header of a packet of `total_octets` in IPv4, its own 20 included.
    void write(std::byte* at, std::size_t total_octets, std::uint16_t identification) const {
        const std::uint64_t total = swapped(static_cast<std::uint16_t>(total_octets));
        const std::uint64_t number = swapped(identification);
        const std::uint64_t varying = total | number << 16;
        const auto checksum = static_cast<std::uint16_t>(~fold32(static_cast<std::uint32_t>(sum_ + total + number)));
        store64(at, octets_0_to_31_[0]);
        store64(at + 8, octets_0_to_31_[1]);
        store64(at + 16, octets_0_to_31_[2] | varying);
        store64(at + 24, octets_0_to_31_[3] | checksum);
        store16(at + 32, octets_32_to_33_);
    }

private:
    static std::uint64_t ends_of(const Ipv4Send& how) {
        return std::uint64_t{how.source.wire} << 32 | how.destination.wire;
    }
    static std::uint32_t manner_of(const Ipv4Send& how) {
        return how.protocol | std::uint32_t{how.time_to_live} << 8 | std::uint32_t{how.service} << 16 |
               std::uint32_t{how.do_not_fragment} << 24;
    }

    std::uint64_t generation_ = 0; // never one of an interface's
    std::uint64_t ends_ = 0;
    std::uint32_t manner_ = 0;
    std::uint32_t sum_ = 0;                         // of the IPv4 header without what varies
    std::array<std::uint64_t, 4> octets_0_to_31_{}; // what varies is 0
    std::uint16_t octets_32_to_33_ = 0;
};

// By destination.
class Ipv4Paths {
public:
    static constexpr std::size_t places = 128;

    Ipv4Path& of(Ipv4Address destination) { return paths_[destination.number() % places]; }

private:
    std::array<Ipv4Path, places> paths_;
};

inline void Ipv4Path::keep(const std::byte* header, const Ipv4Send& how, std::uint64_t generation) {
    std::array<std::byte, path_octets> plain;
    __builtin_memcpy(plain.data(), header, plain.size());
    store32(plain.data() + 16, 0); // length and identification
    store16(plain.data() + 24, 0); // checksum
    sum_ = fold(sum_20(plain.data() + ethernet_header_octets));
    for (std::size_t word = 0; word < octets_0_to_31_.size(); word++)
        octets_0_to_31_[word] = load64(plain.data() + word * sizeof(std::uint64_t));
    octets_32_to_33_ = load16(plain.data() + 32);
    ends_ = ends_of(how);
    manner_ = manner_of(how);
    generation_ = generation;
}

} // namespace exo::net
