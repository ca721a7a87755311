// See xdp_ring.hpp; the kernel's af_xdp document and linux/if_xdp.h. The first half of the frames is for receiving.
#include "bench/network/linux/xdp_ring.hpp"

#include "bench/network/linux/bpf_program.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <linux/if_xdp.h>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>

namespace bench::network {
namespace {

constexpr std::uint32_t ring_size = 512;
constexpr std::size_t frame_bytes = 2048;

// Acquire and release: pair with Linux's on the other side of each ring.
std::uint32_t read_index(std::uint32_t* index) {
    return std::atomic_ref(*index).load(std::memory_order_acquire);
}
void tell_index(std::uint32_t* index, std::uint32_t value) {
    std::atomic_ref(*index).store(value, std::memory_order_release);
}

std::uint64_t& address_at(const XdpRing& ring, std::uint32_t index) {
    return static_cast<std::uint64_t*>(ring.entries)[index % ring_size];
}
xdp_desc& descriptor_at(const XdpRing& ring, std::uint32_t index) {
    return static_cast<xdp_desc*>(ring.entries)[index % ring_size];
}

void set_option(int socket, int option, const void* value, socklen_t bytes) {
    check(::setsockopt(socket, SOL_XDP, option, value, bytes) == 0, "setting an XDP socket's option");
}

} // namespace

XdpSocket::XdpSocket(const char* interface, Looking looking) : looking_(looking) {
    if (looking == Looking::busy_poll)
        defer_interrupts(interface);
    bring_up(interface);
    socket_ = ::socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
    check(socket_ >= 0, "opening an XDP socket");
    if (looking == Looking::busy_poll)
        prefer_busy_polling();
    register_memory();
    xdp_mmap_offsets offsets = {};
    socklen_t bytes = sizeof offsets;
    for (const int ring : {XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING, XDP_TX_RING})
        set_option(socket_, ring, &ring_size, sizeof ring_size);
    check(::getsockopt(socket_, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &bytes) == 0, "asking for ring offsets");
    const auto map = [&](const xdp_ring_offset& at, std::uint64_t page_offset, std::size_t entry_bytes) {
        void* const mapped = ::mmap(nullptr, at.desc + ring_size * entry_bytes, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_POPULATE, socket_, static_cast<off_t>(page_offset));
        check(mapped != MAP_FAILED, "mapping an XDP socket's ring");
        auto* const base = static_cast<std::uint8_t*>(mapped);
        // Safe: where Linux says that they are.
        return XdpRing{reinterpret_cast<std::uint32_t*>(base + at.producer),
                       reinterpret_cast<std::uint32_t*>(base + at.consumer), base + at.desc, 0};
    };
    fill_ = map(offsets.fr, XDP_UMEM_PGOFF_FILL_RING, sizeof(std::uint64_t));
    complete_ = map(offsets.cr, XDP_UMEM_PGOFF_COMPLETION_RING, sizeof(std::uint64_t));
    receive_ = map(offsets.rx, XDP_PGOFF_RX_RING, sizeof(xdp_desc));
    transmit_ = map(offsets.tx, XDP_PGOFF_TX_RING, sizeof(xdp_desc));
    for (; fill_.own < ring_size; ++fill_.own)
        address_at(fill_, fill_.own) = fill_.own * frame_bytes;
    tell_index(fill_.producer, fill_.own);
    for (; free_count_ < ring_size; ++free_count_)
        free_[free_count_] = (ring_size + free_count_) * frame_bytes;

    sockaddr_xdp here = {};
    here.sxdp_family = AF_XDP;
    here.sxdp_flags = XDP_COPY | XDP_USE_NEED_WAKEUP;
    here.sxdp_ifindex = static_cast<std::uint32_t>(interface_index(interface));
    // Safe: the socket calls' own convention.
    check(::bind(socket_, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0, "binding an XDP socket");
    int sockets = -1;
    const char* const way = attach_redirect(interface_index(interface), sockets);
    set_socket(sockets, socket_);
    std::printf("%s: XDP attached in the %s\n", interface, way);
    std::fflush(stdout);
}

// An interrupt comes only when the program has not looked for so long.
void XdpSocket::defer_interrupts(const char* interface) {
    const std::string folder = std::string("/sys/class/net/") + interface;
    write_setting((folder + "/napi_defer_hard_irqs").c_str(), "100");
    write_setting((folder + "/gro_flush_timeout").c_str(), "20000000"); // ns
}

void XdpSocket::prefer_busy_polling() {
    constexpr int on = 1, microseconds = 20, frames = 64;
    const auto set = [this](int option, int value) {
        check(::setsockopt(socket_, SOL_SOCKET, option, &value, sizeof value) == 0, "setting busy polling");
    };
    set(SO_PREFER_BUSY_POLL, on);
    set(SO_BUSY_POLL, microseconds);
    set(SO_BUSY_POLL_BUDGET, frames);
}

void XdpSocket::register_memory() {
    constexpr std::size_t bytes = 2 * ring_size * frame_bytes;
    void* const mapped =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    check(mapped != MAP_FAILED, "mapping memory for frames");
    memory_ = static_cast<std::uint8_t*>(mapped);
    xdp_umem_reg memory = {};
    memory.addr = reinterpret_cast<std::uint64_t>(memory_); // Safe: an address for the kernel.
    memory.len = bytes;
    memory.chunk_size = frame_bytes;
    set_option(socket_, XDP_UMEM_REG, &memory, sizeof memory);
}

std::uint8_t* XdpSocket::next(std::size_t& octets) {
    if (read_index(receive_.producer) == receive_.own && looking_ == Looking::busy_poll)
        (void)::recvfrom(socket_, nullptr, 0, MSG_DONTWAIT, nullptr, nullptr); // Linux looks at the NIC
    if (read_index(receive_.producer) == receive_.own)
        return nullptr;
    const xdp_desc& frame = descriptor_at(receive_, receive_.own);
    octets = frame.len;
    return memory_ + frame.addr;
}

void XdpSocket::done() {
    address_at(fill_, fill_.own++) = descriptor_at(receive_, receive_.own++).addr / frame_bytes * frame_bytes;
    tell_index(receive_.consumer, receive_.own);
    tell_index(fill_.producer, fill_.own);
}

std::uint8_t* XdpSocket::room() {
    if (free_count_ == 0)
        collect_sent();
    return free_count_ == 0 ? nullptr : memory_ + free_[free_count_ - 1];
}

void XdpSocket::put(std::size_t octets) {
    descriptor_at(transmit_, transmit_.own++) = {free_[--free_count_], static_cast<std::uint32_t>(octets), 0};
    tell_index(transmit_.producer, transmit_.own);
}

void XdpSocket::flush() {
    check(::sendto(socket_, nullptr, 0, MSG_DONTWAIT, nullptr, 0) >= 0 || errno == EAGAIN || errno == EBUSY ||
              errno == ENOBUFS,
          "sending");
    collect_sent();
}

void XdpSocket::collect_sent() {
    const std::uint32_t ready = read_index(complete_.producer);
    for (; complete_.own != ready; ++complete_.own)
        free_[free_count_++] = address_at(complete_, complete_.own);
    tell_index(complete_.consumer, complete_.own);
}

} // namespace bench::network
