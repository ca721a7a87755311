// See packet_ring.hpp; packet(7) and the kernel's packet_mmap document. TPACKET_V2 looks at frames one by one, which is
// what a round trip wants: V3 hands blocks over by a timer.
#include "bench/network/linux/packet_ring.hpp"

#include <atomic>
#include <cerrno>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bench::network {
namespace {

constexpr std::size_t frame_bytes = 2048, frames = 512, block_bytes = 1 << 16;
constexpr std::size_t transmit_data = TPACKET2_HDRLEN - sizeof(sockaddr_ll); // where a frame to be sent begins

tpacket2_hdr* head_of(std::uint8_t* frame) {
    return reinterpret_cast<tpacket2_hdr*>(frame); // Safe: what Linux lays there, aligned to 16 octets.
}

// Acquire and release: pair with the kernel's own on the other side of the ring.
std::uint32_t status_of(std::uint8_t* frame) {
    return std::atomic_ref(head_of(frame)->tp_status).load(std::memory_order_acquire);
}
void set_status(std::uint8_t* frame, std::uint32_t status) {
    std::atomic_ref(head_of(frame)->tp_status).store(status, std::memory_order_release);
}

template <typename Value>
void set_option(int socket, int option, const Value& value) {
    check(::setsockopt(socket, SOL_PACKET, option, &value, sizeof value) == 0, "setting a packet socket's option");
}

} // namespace

PacketRing::PacketRing(const char* interface) {
    bring_up(interface);
    socket_ = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    check(socket_ >= 0, "opening a packet socket");
    set_option(socket_, PACKET_VERSION, int{TPACKET_V2});
    set_option(socket_, PACKET_QDISC_BYPASS, 1);
    set_option(socket_, PACKET_IGNORE_OUTGOING, 1);
    const tpacket_req rings = {block_bytes, frame_bytes * frames / block_bytes, frame_bytes, frames};
    set_option(socket_, PACKET_RX_RING, rings);
    set_option(socket_, PACKET_TX_RING, rings);
    void* const mapped =
        ::mmap(nullptr, 2 * frame_bytes * frames, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, socket_, 0);
    check(mapped != MAP_FAILED, "mapping a packet socket's rings");
    rings_ = static_cast<std::uint8_t*>(mapped);
    packet_mreq every_address = {};
    every_address.mr_ifindex = interface_index(interface);
    every_address.mr_type = PACKET_MR_PROMISC;
    set_option(socket_, PACKET_ADD_MEMBERSHIP, every_address);
    sockaddr_ll here = {};
    here.sll_family = AF_PACKET;
    here.sll_protocol = htons(ETH_P_IP);
    here.sll_ifindex = interface_index(interface);
    // Safe: the socket calls' own convention.
    check(::bind(socket_, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0, "binding a packet socket");
}

std::uint8_t* PacketRing::frame(std::size_t ring, std::size_t index) {
    return rings_ + (ring * frames + index) * frame_bytes;
}

std::uint8_t* PacketRing::next(std::size_t& octets) {
    std::uint8_t* const here = frame(0, receive_);
    if ((status_of(here) & TP_STATUS_USER) == 0)
        return nullptr;
    octets = head_of(here)->tp_snaplen;
    return here + head_of(here)->tp_mac;
}

void PacketRing::done() {
    set_status(frame(0, receive_), TP_STATUS_KERNEL);
    receive_ = (receive_ + 1) % frames;
}

std::uint8_t* PacketRing::room() {
    std::uint8_t* const here = frame(1, transmit_);
    return status_of(here) == TP_STATUS_AVAILABLE ? here + transmit_data : nullptr;
}

void PacketRing::put(std::size_t octets) {
    std::uint8_t* const here = frame(1, transmit_);
    head_of(here)->tp_len = static_cast<std::uint32_t>(octets);
    set_status(here, TP_STATUS_SEND_REQUEST);
    transmit_ = (transmit_ + 1) % frames;
}

void PacketRing::flush() {
    // What the NIC's queue has no room for stays in the ring and is asked for again.
    check(::send(socket_, nullptr, 0, MSG_DONTWAIT) >= 0 || errno == EAGAIN || errno == ENOBUFS, "sending");
}

} // namespace bench::network
