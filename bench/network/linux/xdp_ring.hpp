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

// Who looks at the NIC: its interrupt, or the program by calls on the socket, with interrupts deferred (the kernel's
// napi document, "preferred busy polling").
enum class Looking { interrupt, busy_poll };

class XdpSocket {
public:
    explicit XdpSocket(const char* interface, Looking looking = Looking::interrupt);
    static Mac address_on_wire(const Mac& mac) { return mac; } // nothing of it reaches the stack
    std::uint8_t* next(std::size_t& octets);
    void done();
    std::uint8_t* room();
    void put(std::size_t octets);
    void flush();

private:
    static void defer_interrupts(const char* interface);
    void prefer_busy_polling();
    void register_memory();
    void collect_sent();

    const Looking looking_;
    int socket_ = -1;
    std::uint8_t* memory_ = nullptr;
    XdpRing fill_{}, complete_{}, receive_{}, transmit_{};
    std::uint64_t free_[512] = {}; // frames for sending, as a stack
    std::size_t free_count_ = 0;
};

} // namespace bench::network
