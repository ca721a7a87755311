// AF_PACKET's memory-mapped rings (TPACKET_V2) on one NIC, polled, past queueing disciplines. A ring for RawLane.
#pragma once

#include "bench/network/linux/interface.hpp"

namespace bench::network {

class PacketRing {
public:
    explicit PacketRing(const char* interface);
    // Another host's address. A packet socket gets a copy of what goes on to Linux' stack, and the stack drops what is
    // for other hosts at once; a datagram for an address that the interface does not have it would route first.
    static Mac address_on_wire(Mac mac) {
        mac[3] ^= 0x80;
        return mac;
    }
    // The frame that came next, or null; `done` gives it back.
    std::uint8_t* next(std::size_t& octets);
    void done();
    // The buffer for the next frame to be sent, or null; `put` leaves it there, `flush` tells Linux.
    std::uint8_t* room();
    void put(std::size_t octets);
    void flush();

private:
    std::uint8_t* frame(std::size_t ring, std::size_t index);

    int socket_ = -1;
    std::uint8_t* rings_ = nullptr;
    std::size_t receive_ = 0, transmit_ = 0;
};

} // namespace bench::network
