// Finds the UDP socket for a datagram: one flat hash over 64-bit keys, linear probing, no allocation. The cost does not
// depend on how many sockets there are. Sockets with a peer are found by both ends, others by their own port.
#pragma once

#include "libos/net/address.hpp"

#include <array>

namespace exo::net {

class UdpSocket;

inline constexpr std::size_t udp_sockets_max = 1024;

// All of what a socket is found by, in one number. Without a peer the upper 48 bits are 0.
constexpr std::uint64_t udp_key(std::uint16_t local_port, Endpoint remote) {
    return static_cast<std::uint64_t>(remote.address.wire) << 32 | static_cast<std::uint64_t>(remote.port) << 16 |
           local_port;
}

class UdpTable {
public:
    // Both return false when there is no room, or nothing to remove.
    bool insert(std::uint64_t key, Ipv4Address local, UdpSocket& socket);
    bool remove(std::uint64_t key, const UdpSocket& socket);
    // The socket for a datagram from `remote` to `local`, or null. A peer's socket wins over one for everybody, and an
    // address's over one for any.
    UdpSocket* find(Endpoint local, Endpoint remote) const {
        if (peers_)
            if (UdpSocket* socket = find_key(udp_key(local.port, remote), local.address))
                return socket;
        return find_key(udp_key(local.port, {}), local.address);
    }
    // Whether a socket has this port at this address, or at an overlapping one. Looks at the whole table.
    bool is_taken(Endpoint local) const;
    std::size_t count() const { return count_; }

private:
    struct Slot {
        std::uint64_t key = 0;
        UdpSocket* socket = nullptr; // null: free
        Ipv4Address local;           // any: whatever address it was sent to
    };
    static constexpr unsigned slot_bits = 11;
    static constexpr std::size_t slots = 1u << slot_bits;
    static_assert(slots >= 2 * udp_sockets_max);

    static std::size_t slot_of(std::uint64_t key) {
        return (key * 0x9e37'79b9'7f4a'7c15ull) >> (64 - slot_bits); // Fibonacci hashing
    }
    static std::size_t next(std::size_t at) { return (at + 1) & (slots - 1); }
    UdpSocket* find_key(std::uint64_t key, Ipv4Address local) const {
        UdpSocket* for_any = nullptr;
        for (std::size_t at = slot_of(key); slots_[at].socket; at = next(at)) {
            if (slots_[at].key != key)
                continue;
            if (slots_[at].local == local)
                return slots_[at].socket;
            if (slots_[at].local.is_any())
                for_any = slots_[at].socket;
        }
        return for_any;
    }

    std::array<Slot, slots> slots_{};
    std::size_t count_ = 0;
    std::size_t peers_ = 0; // sockets with a peer
};

} // namespace exo::net
