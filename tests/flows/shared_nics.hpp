// What the tests of shared NICs stand on: the machine's NICs shared by the test itself, rings on flows of them, and
// frames made by hand. The NICs are on one wire.
#pragma once

#include "libos/net/flow_queue.hpp"
#include "secure-bindings/abi/flow.hpp"
#include "tests/boot/expect.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace flows {

inline constexpr std::uint64_t nic_frames = exo::nic_frames_min + 400;
inline constexpr std::uint32_t address_a = 0x0a000001, address_b = 0x0a000002;

// A NIC that the test shares. It ends with the scope.
class SharedNic {
public:
    // The machine's i-th NIC.
    explicit SharedNic(unsigned index);
    ~SharedNic();
    SharedNic(const SharedNic&) = delete;
    SharedNic& operator=(const SharedNic&) = delete;

    exo::Handle function() const { return function_; }
    exo::Handle root() const { return root_; }
    const exo::NicInfo& info() const;
    bool unshare();

private:
    exo::Handle function_ = exo::no_handle;
    exo::Handle root_ = exo::no_handle;
    std::uint32_t index_ = 0;
    bool shared_ = false;
};

// A ring that the test has on a flow, with every buffer offered for receiving but the last `sending` ones.
struct RingSizes {
    std::uint32_t buffers = 24, offers = 32, received = 32, transmits = 32;
};
class OwnedRing {
public:
    explicit OwnedRing(exo::Handle flow, unsigned event = 40, const RingSizes& sizes = {});

    exo::CallResult bound() const { return bound_; }
    exo::net::FlowQueue& queue() { return queue_; }
    // A frame that came, looking at the NIC for up to `microseconds`; empty: none.
    std::string receive(std::uint64_t microseconds = 2'000'000);
    // Sends a frame and says what became of it; nothing when the kernel has not said in time.
    std::optional<exo::SentStatus> send(std::string_view frame, const exo::FlowTransmit& like = {});
    std::byte* buffer(std::uint32_t number) { return buffers_ + number * exo::page_bytes; }
    const exo::FlowRingSpec& spec() const { return spec_; }

private:
    static constexpr std::uint32_t sending = 8;
    exo::Handle flow_;
    exo::FlowRingSpec spec_{};
    exo::CallResult bound_{0};
    std::byte* ring_ = nullptr;
    std::byte* buffers_ = nullptr;
    exo::net::FlowQueue queue_;
    std::uint32_t next_ = 0;
};

// A UDP datagram in an Ethernet frame, without the sum that UDP may do without.
struct Datagram {
    std::string source_mac, target_mac = std::string(6, '\xff');
    std::uint32_t source = address_a, target = address_b;
    std::uint16_t source_port = 1000, target_port = 2000;
    std::string payload = "0123456789abcdef0123456789abcdef";
    std::string frame() const;
};
std::string mac_of(const SharedNic& nic);
std::string arp_request(const SharedNic& from, std::uint32_t sender, std::uint32_t target);

// Every IPv4 packet whose address on this side is `address`, or one of its UDP ports.
exo::FlowSpec host(std::uint32_t address, std::uint32_t budget = 0);
exo::FlowSpec udp(std::uint32_t address, std::uint16_t first_port, std::uint16_t last_port, std::uint32_t budget = 0);
exo::CallResult narrow(exo::Handle flow, const exo::FlowSpec& spec);

} // namespace flows
