// A packet: one Ethernet frame (without its FCS) in memory that the NIC reaches, filled in place and passed on by
// pointer, never copied. Whoever holds a Packet* owns it: `Port::send` takes it, `Port::receive` gives it,
// `PacketPool::release` ends it. Not shared between vcores.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace exo::net {

class PacketPool;

// Octets kept free before a frame for what a device wants there (virtio-net: 12, virtio 1.2, 5.1.6).
inline constexpr std::size_t packet_headroom = 64;
inline constexpr std::size_t packet_buffer_bytes = 2048;

// What is known, or asked, of checksums.
namespace packet_flag {
inline constexpr std::uint16_t checksum_good = 1u << 0; // receive: the device vouches for the transport checksum
// transmit: the device is to add the ones' complement sum from checksum_start on to the field at checksum_offset after
// it, which holds the sum of the pseudo-header. Only on a port that offers it.
inline constexpr std::uint16_t checksum_needed = 1u << 1;
// transmit: checksum_start is the ones' complement sum of all the packet's octets, folded (wire/checksum.hpp), so that
// nobody need read them for it. Whoever says so has summed them.
inline constexpr std::uint16_t sum_known = 1u << 2;
} // namespace packet_flag

struct Packet {
    std::byte* buffer;            // the room: `capacity` octets
    std::uint64_t device_address; // of `buffer`, as the NIC sees it
    std::uint16_t capacity;
    std::uint16_t offset; // of the first octet in `buffer`
    std::uint16_t length; // octets from there
    std::uint16_t flags;  // of packet_flag::
    std::uint16_t checksum_start;
    std::uint16_t checksum_offset;
    std::uint32_t references; // holders beside the first; a pool takes a packet back when the last is gone
    Packet* next;             // the rest of the frame, in further packets; null: none. Or the pool's next free one.
    PacketPool* pool;
    std::uint64_t cookie[2]; // of whoever holds it

    std::byte* data() { return buffer + offset; }
    const std::byte* data() const { return buffer + offset; }
    std::span<std::byte> octets() { return {data(), length}; }
    std::span<const std::byte> octets() const { return {data(), length}; }
    std::uint16_t tail_room() const { return static_cast<std::uint16_t>(capacity - offset - length); }
    // Drops octets before what is kept: a header that has been read.
    void pull(std::uint16_t octets) {
        offset = static_cast<std::uint16_t>(offset + octets);
        length = static_cast<std::uint16_t>(length - octets);
    }
    // Makes room for octets before what is there: a header to be written. The caller knows that they fit.
    std::byte* push(std::uint16_t octets) {
        offset = static_cast<std::uint16_t>(offset - octets);
        length = static_cast<std::uint16_t>(length + octets);
        return data();
    }
};

// Packets over one run of memory that the NIC reaches, made once; allocate and release cost a few instructions and
// never enter the kernel.
class PacketPool {
public:
    PacketPool() = default;
    PacketPool(const PacketPool&) = delete;
    PacketPool& operator=(const PacketPool&) = delete;

    // Lays `books.size()` packets of packet_buffer_bytes over `memory`, each `stride` octets (a power of two) behind
    // the one before, of which it holds at least that many, and which is at `device_address` for the NIC. Both outlive
    // the pool.
    void open(std::span<std::byte> memory, std::uint64_t device_address, std::span<Packet> books,
              std::size_t stride = packet_buffer_bytes) {
        std::size_t count = books.size();
        for (std::size_t i = 0; i < count; i++) {
            books[i] = Packet{};
            books[i].buffer = memory.data() + i * stride;
            books[i].device_address = device_address + i * stride;
            books[i].capacity = packet_buffer_bytes;
            books[i].pool = this;
            books[i].next = i + 1 < count ? &books[i + 1] : nullptr;
        }
        free_ = count ? &books[0] : nullptr;
        free_count_ = count;
        memory_ = memory.data();
        stride_bits_ = stride ? static_cast<unsigned>(std::countr_zero(stride)) : 0;
        books_ = books;
    }

    // Packets of a pool beside a port's own (Port::lend): as `open`, and all of them are out, so that whoever opened it
    // deals them out by number.
    void open_dealt(std::span<std::byte> memory, std::uint64_t device_address, std::span<Packet> books) {
        open(memory, device_address, books);
        free_ = nullptr;
        free_count_ = 0;
        for (Packet& packet : books)
            packet.next = nullptr;
    }
    std::span<Packet> packets() const { return books_; }

    // The packet whose buffer an octet lies in; null: none of this pool.
    Packet* containing(const std::byte* octet) const {
        // Below the memory the difference wraps around and is beyond its end, too.
        const std::size_t index = static_cast<std::size_t>(octet - memory_) >> stride_bits_;
        return index < books_.size() ? &books_[index] : nullptr;
    }

    // An empty packet with packet_headroom before it, or null when all are out.
    Packet* allocate() {
        Packet* packet = free_;
        if (!packet)
            return nullptr;
        free_ = packet->next;
        free_count_--;
        packet->next = nullptr;
        packet->offset = packet_headroom;
        packet->length = 0;
        packet->flags = 0;
        packet->references = 0;
        return packet;
    }

    // Lets go of a packet and of its further ones.
    static void release(Packet* packet) {
        while (packet) {
            Packet* rest = packet->next;
            if (packet->references) {
                packet->references--;
                return; // the rest belongs to the others, too
            }
            PacketPool& pool = *packet->pool;
            packet->next = pool.free_;
            pool.free_ = packet;
            pool.free_count_++;
            packet = rest;
        }
    }

    std::size_t free_count() const { return free_count_; }
    // Of all its packets, those that are out too.
    std::size_t count() const { return books_.size(); }
    Packet* first_free() const { return free_; } // further ones at `next`

private:
    Packet* free_ = nullptr;
    std::size_t free_count_ = 0;
    const std::byte* memory_ = nullptr;
    unsigned stride_bits_ = 0;
    std::span<Packet> books_;
};

} // namespace exo::net
