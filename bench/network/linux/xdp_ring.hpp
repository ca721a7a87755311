// An AF_XDP socket on queue 0 of one NIC, in copy mode: QEMU's NICs have no driver that does without. A ring for
// RawLane.
#pragma once

#include "bench/network/linux/interface.hpp"

namespace bench::network {

// One of the four rings of a socket: its indices and its entries, in memory shared with Linux.
struct XdpRing {
    std::uint32_t *producer, *consumer;
    void* entries;
    std::uint32_t own; // the index of this side, as last told to Linux or not yet told
};

class XdpSocket {
public:
    explicit XdpSocket(const char* interface);
    static Mac address_on_wire(const Mac& mac) { return mac; } // nothing of it reaches the stack
    std::uint8_t* next(std::size_t& octets);
    void done();
    std::uint8_t* room();
    void put(std::size_t octets);
    void flush();

private:
    void register_memory();
    void collect_sent();

    int socket_ = -1;
    std::uint8_t* memory_ = nullptr;
    XdpRing fill_{}, complete_{}, receive_{}, transmit_{};
    std::uint64_t free_[512] = {}; // frames for sending, as a stack
    std::size_t free_count_ = 0;
};

} // namespace bench::network
