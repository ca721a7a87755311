// See port_e1000e.hpp.
#include "libos/net/port_e1000e.hpp"

#include "libos/time/clock.hpp"
#include "libos/upcall/vcore.hpp"

#include <algorithm>

namespace exo::net {

namespace {

constexpr std::uint16_t ring_entries_least = 8;

// The largest power of two up to `wanted`, within what the device takes.
std::uint16_t ring_entries(std::uint16_t wanted) {
    std::uint16_t entries = ring_entries_least;
    while (2 * entries <= wanted && 2 * entries <= e1000e::ring_size_max)
        entries = static_cast<std::uint16_t>(2 * entries);
    return entries;
}

} // namespace

const char* E1000ePort::open(const StartFunction& granted, const PortWishes& wishes) {
    pool_ = &packets_;
    if (!function_.open(granted))
        return "the NIC's function cannot be bound";
    const auto bar = function_.bar(e1000e::register_bar);
    if (!bar || function_.info().bar[e1000e::register_bar].bytes < e1000e::register_bytes)
        return "the NIC's registers cannot be mapped";
    registers_ = *bar;
    // Safe: control code makes volatile accesses of its own.
    const Registers registers = mapped_registers(const_cast<std::byte*>(registers_));
    const Clock clock{tsc, tsc_hz() / 1'000'000};
    if (const auto opened = control_.open(registers, clock, {.promiscuous = wishes.promiscuous}); !opened)
        return e1000e::describe(opened.error());
    address_ = control_.address();
    offers_ = port_offer::chained_transmit | (wishes.checksums ? port_offer::receive_checksum : 0);
    if (!memory_.open(function_, wishes.packets, packets_))
        return "there is no memory for the packets";
    if (!waiter_.open(this_vcore_index()))
        return "no event is left for the NIC's interrupt";
    if (!function_.route_interrupt(vector, waiter_.bit()))
        return "the NIC's interrupt cannot be routed";
    return open_rings(wishes);
}

bool E1000ePort::reach(std::uint64_t device_address, std::size_t bytes) {
    return function_.allow(device_address / page_bytes, bytes / page_bytes, right::Read).has_value();
}

const char* E1000ePort::open_rings(const PortWishes& wishes) {
    const std::uint16_t entries = ring_entries(wishes.ring_entries);
    const std::size_t bytes = e1000e::Ring::memory_bytes(entries);
    const auto memory = function_.allocate_dma(2 * bytes);
    if (!memory)
        return "there is no memory for the NIC's rings";
    // Safe: two of the registers in the mapped window, 32 bits wide.
    const auto tail = [this](std::uint64_t offset) {
        return reinterpret_cast<volatile std::uint32_t*>(registers_ + offset);
    };
    receive_.room_bytes = packet_buffer_bytes - packet_headroom;
    auto opened = receive_.open(memory->address, entries, tail(e1000e::reg::receive_tail));
    if (opened)
        opened = transmit_.open(memory->address + bytes, entries, tail(e1000e::reg::transmit_tail));
    if (!opened)
        return e1000e::describe(opened.error());
    refill_at_ = std::min<std::uint32_t>(batch, entries / 4u);
    control_.start({memory->physical, static_cast<std::uint32_t>(bytes)},
                   {memory->physical + bytes, static_cast<std::uint32_t>(bytes)}, {vector, vector});
    refill();
    return nullptr;
}

void E1000ePort::refill() {
    bool offered = false;
    for (std::uint32_t left = receive_.room(); left != 0; --left) {
        Packet* packet = packets_.allocate();
        if (!packet) {
            release_sent();
            packet = packets_.allocate();
            if (!packet)
                break;
        }
        receive_.offer(packet, packet->device_address + packet_headroom);
        offered = true;
    }
    if (offered)
        receive_.publish();
}

void E1000ePort::release_sent() {
    void* token = nullptr;
    while (transmit_.take(token))
        if (token)
            PacketPool::release(static_cast<Packet*>(token));
}

std::size_t E1000ePort::receive(std::span<Packet*> into) {
    std::size_t count = 0;
    std::uint64_t octets = 0;
    while (count < into.size()) {
        const e1000e::ReceiveQueue::Received received = receive_.take();
        auto* const packet = static_cast<Packet*>(received.token);
        if (!packet)
            break;
        packet->length = received.octets;
        octets += received.octets;
        if (received.checksum_good && (offers_ & port_offer::receive_checksum))
            packet->flags = packet_flag::checksum_good;
        into[count++] = packet;
    }
    counters_.received_packets += count;
    counters_.received_octets += octets;
    if (receive_.room() >= refill_at_) [[unlikely]]
        refill();
    if (count == 0 && receive_.is_broken()) [[unlikely]]
        problem_ = e1000e::describe(receive_.problem());
    return count;
}

bool E1000ePort::offer_pieces(Packet& frame) {
    std::size_t pieces = 0;
    for (const Packet* piece = &frame; piece; piece = piece->next)
        ++pieces;
    if (pieces > frame_pieces_max || pieces > transmit_.room())
        return false;
    for (Packet* piece = &frame; piece; piece = piece->next) {
        const std::uint64_t address = piece->device_address + piece->offset;
        if (piece->next)
            transmit_.offer_piece(address, piece->length);
        else
            transmit_.offer(&frame, address, piece->length);
    }
    return true;
}

std::size_t E1000ePort::send(std::span<Packet* const> frames) {
    std::size_t count = 0;
    std::uint64_t octets = 0;
    for (Packet* const frame : frames) {
        if (transmit_.room() < frame_pieces_max) [[unlikely]]
            release_sent();
        if (frame->next) [[unlikely]] {
            if (!offer_pieces(*frame))
                break;
        } else {
            if (transmit_.room() == 0) [[unlikely]]
                break;
            transmit_.offer(frame, frame->device_address + frame->offset, frame->length);
        }
        octets += frame->length;
        ++count;
    }
    if (count != 0)
        transmit_.publish();
    counters_.sent_packets += count;
    counters_.sent_octets += octets;
    if (transmit_.in_flight() >= batch) [[unlikely]]
        release_sent();
    return count;
}

void E1000ePort::sleep(std::uint64_t deadline_tsc) {
    const std::uint64_t until = deadline_tsc ? deadline_tsc : no_deadline;
    release_sent();
    refill();
    // One interrupt comes an arming, of the NIC as of the vector. It may belong to a frame that was taken long ago.
    while (!receive_.is_broken()) {
        control_.enable_interrupt();
        if (receive_.has_news() || (!armed_ && !function_.arm(vector)))
            break;
        armed_ = true;
        if (!waiter_.wait(until))
            break;
        armed_ = false;
    }
    control_.disable_interrupt();
}

} // namespace exo::net
