// See port_virtio.hpp.
#include "libos/net/port_virtio.hpp"

#include "libos/time/clock.hpp"

#include <algorithm>

namespace exo::net {

namespace {

constexpr std::uint32_t table_bytes = sizeof(virtio::Descriptor) * frame_pieces_max;
// Rooms of one received frame at most; a longer chain is none that was agreed on.
constexpr std::size_t received_pieces_max = 40; // 64 KiB

} // namespace

template <typename Ring>
const char* VirtioPort<Ring>::open_queue(VirtioNic& nic, Ring& ring, std::uint16_t queue, std::uint16_t vector) {
    const virtio::Environment& environment = nic.surroundings().environment();
    const std::uint16_t size =
        nic.control().queue_size(queue, std::min(nic.wishes().ring_entries, virtio_net::ring_size_max));
    if (size == 0)
        return virtio::describe(virtio::Problem::MissingQueue);
    const auto memory = environment.allocate_dma(environment.context, Ring::memory_bytes(size));
    if (!memory)
        return virtio::describe(virtio::Problem::OutOfMemory);
    if (const auto opened = ring.open(*memory, size); !opened)
        return virtio::describe(opened.error());
    const auto doorbell = nic.control().set_up_queue(queue, ring.places(), vector);
    if (!doorbell)
        return virtio::describe(doorbell.error());
    ring.set_doorbell(*doorbell);
    return nullptr;
}

template <typename Ring>
const char* VirtioPort<Ring>::open(VirtioNic& nic, std::uint16_t pair, std::size_t vcore) {
    nic_ = &nic;
    vector_ = pair;
    pool_ = &packets_;
    address_ = nic.facts().mac;
    frame_octets_max_ = nic.frame_octets_max();
    if (!memory_.open(nic.function(), nic.wishes().packets, packets_))
        return "there is no memory for the packets";
    if (!waiter_.open(vcore))
        return "no event is left for the NIC's interrupt";
    if (!nic.function().route_interrupt(vector_, waiter_.bit()))
        return "the NIC's interrupt cannot be routed";
    if (const char* problem = open_queue(nic, receive_.ring, virtio_net::receive_queue(pair), pair))
        return problem;
    if (const char* problem = open_queue(nic, transmit_.ring, virtio_net::transmit_queue(pair), virtio::no_vector))
        return problem;
    receive_.room_bytes = packet_buffer_bytes - header_offset;
    refill_at_ = receive_.ring.size() - std::min<std::uint32_t>(batch, receive_.ring.size() / 4u + 1);

    const virtio_net::Facts& facts = nic.facts();
    plain_headers_ =
        !facts.has(virtio_net::feature::guest_checksum) && !facts.has(virtio_net::feature::mergeable_buffers);
    if (facts.has(virtio_net::feature::guest_checksum))
        offers_ |= port_offer::receive_checksum;
    if (facts.has(virtio_net::feature::checksum))
        offers_ |= port_offer::transmit_checksum;
    if (facts.has(virtio::feature::indirect_descriptors)) {
        const auto tables = nic.function().allocate_dma(transmit_.ring.size() * table_bytes);
        if (!tables)
            return virtio::describe(virtio::Problem::OutOfMemory);
        tables_ = tables->address;
        tables_address_ = tables->physical;
        offers_ |= port_offer::chained_transmit;
    }
    return nullptr;
}

template <typename Ring>
bool VirtioPort<Ring>::reach(std::uint64_t device_address, std::size_t bytes) {
    return nic_->function().allow(device_address / page_bytes, bytes / page_bytes, right::Read).has_value();
}

template <typename Ring>
void VirtioPort<Ring>::refill() {
    bool offered = false;
    for (std::uint32_t slot; receive_.ring.is_free(slot = receive_.ring.next_slot()); offered = true) {
        Packet* packet = packets_.allocate();
        if (!packet) {
            release_sent();
            packet = packets_.allocate();
            if (!packet)
                break;
        }
        receive_.offer(slot, packet, packet->device_address + header_offset);
    }
    if (offered)
        receive_.publish();
}

template <typename Ring>
void VirtioPort<Ring>::release_sent() {
    for (std::uint32_t left = transmit_.ring.takeable(); left != 0; --left) {
        void* const token = transmit_.take();
        if (!token)
            break;
        PacketPool::release(static_cast<Packet*>(token));
    }
    note_problem(transmit_.ring);
}

// What the header says, where it may say something: who vouches for the checksum, and how many rooms the frame is in.
// Null: the device lied about that.
template <typename Ring>
Packet* VirtioPort<Ring>::finish_received(Packet* first) {
    // Safe: the room began with the header, at an address that the packet's buffer aligns to 4.
    const auto& header = *reinterpret_cast<const virtio_net::Header*>(first->buffer + header_offset);
    namespace header_flag = virtio_net::header_flag;
    if (virtio::load_shared(header.flags) & (header_flag::data_valid | header_flag::needs_checksum))
        first->flags = packet_flag::checksum_good;
    if (!nic_->facts().has(virtio_net::feature::mergeable_buffers))
        return first;
    virtio_net::Completion rest[received_pieces_max];
    const std::size_t pieces = receive_.take_rest(header, rest);
    Packet* last = first;
    for (std::size_t piece = 0; piece < pieces; ++piece) {
        auto* const packet = static_cast<Packet*>(rest[piece].token);
        packet->offset = header_offset;
        packet->length = static_cast<std::uint16_t>(rest[piece].bytes);
        last = last->next = packet;
    }
    if (receive_.ring.is_broken()) {
        PacketPool::release(first);
        return nullptr;
    }
    return first;
}

template <typename Ring>
std::size_t VirtioPort<Ring>::receive(std::span<Packet*> into) {
    if (!plain_headers_)
        return receive_with_headers(into);
    std::size_t count = 0;
    const std::size_t there = std::min<std::size_t>(receive_.ring.takeable(), into.size());
    std::uint64_t octets = 0;
    while (count < there) {
        const virtio_net::Completion done = receive_.take();
        auto* const packet = static_cast<Packet*>(done.token);
        if (!packet)
            break;
        const std::uint32_t length = done.bytes - virtio_net::header_bytes;
        packet->length = static_cast<std::uint16_t>(length);
        octets += length;
        into[count++] = packet;
    }
    end_receiving(count, octets);
    return count;
}

// The same where headers say something.
template <typename Ring>
std::size_t VirtioPort<Ring>::receive_with_headers(std::span<Packet*> into) {
    std::size_t count = 0;
    std::uint64_t octets = 0;
    while (count < into.size() && receive_.ring.pending() != 0) {
        const virtio_net::Completion done = receive_.take();
        auto* const packet = static_cast<Packet*>(done.token);
        if (!packet)
            break;
        packet->length = static_cast<std::uint16_t>(done.bytes - virtio_net::header_bytes);
        if (!finish_received(packet))
            break;
        for (const Packet* piece = packet; piece; piece = piece->next)
            octets += piece->length;
        into[count++] = packet;
    }
    end_receiving(count, octets);
    return count;
}

// A frame in several pieces, or one whose checksum is left to the device.
template <typename Ring>
bool VirtioPort<Ring>::offer_special(std::uint32_t slot, Packet& frame) {
    std::byte* const place = frame.data() - virtio_net::header_bytes;
    virtio_net::write_plain_header(place);
    if (frame.flags & packet_flag::checksum_needed) {
        // Safe: directly before the frame, in its headroom; x86 asks for no alignment, memcpy says so.
        const virtio_net::Header header{.flags = virtio_net::header_flag::needs_checksum,
                                        .segmentation = 0,
                                        .header_length = 0,
                                        .segment_size = 0,
                                        .checksum_start = frame.checksum_start,
                                        .checksum_offset = frame.checksum_offset,
                                        .buffers = 0};
        __builtin_memcpy(place, &header, sizeof header);
    }
    const std::uint64_t address = frame.device_address + frame.offset - virtio_net::header_bytes;
    if (!frame.next) {
        transmit_.offer(slot, &frame, address, frame.length + virtio_net::header_bytes);
        return true;
    }
    if (!tables_)
        return false;
    // Safe: one table a slot, and this slot is free.
    auto* const table = reinterpret_cast<virtio::Descriptor*>(tables_ + slot * table_bytes);
    std::uint16_t pieces = 0;
    for (Packet* piece = &frame; piece; piece = piece->next) {
        if (pieces == frame_pieces_max)
            return false;
        table[pieces] = {piece->device_address + piece->offset, piece->length, 0, 0};
        if (pieces != 0 && !Ring::is_packed) {
            table[pieces - 1].flags = virtio::descriptor_flag::next;
            table[pieces - 1].next = pieces;
        }
        ++pieces;
    }
    table[0].address = address;
    table[0].bytes += virtio_net::header_bytes;
    transmit_.offer_table(slot, &frame, tables_address_ + slot * table_bytes,
                          static_cast<std::uint32_t>(pieces * sizeof(virtio::Descriptor)));
    return true;
}

template <typename Ring>
std::size_t VirtioPort<Ring>::send(std::span<Packet* const> frames) {
    std::size_t count = 0;
    std::uint64_t octets = 0;
    for (Packet* const frame : frames) {
        const std::uint32_t slot = transmit_.ring.next_slot();
        if (!transmit_.ring.is_free(slot)) [[unlikely]] {
            release_sent();
            if (!transmit_.ring.is_free(slot))
                break;
        }
        const std::uint32_t offset = frame->offset, length = frame->length;
        if (frame->next || (frame->flags & packet_flag::checksum_needed)) [[unlikely]] {
            if (!offer_special(slot, *frame))
                break;
        } else {
            const std::uint64_t address = frame->device_address + offset - virtio_net::header_bytes;
            virtio_net::write_plain_header(frame->buffer + offset - virtio_net::header_bytes);
            transmit_.offer(slot, frame, address, length + virtio_net::header_bytes);
        }
        octets += length;
        ++count;
    }
    if (count != 0)
        transmit_.publish();
    counters_.sent_packets += count;
    counters_.sent_octets += octets;
    if (transmit_.ring.in_flight() >= batch) [[unlikely]]
        release_sent();
    return count;
}

template <typename Ring>
void VirtioPort<Ring>::sleep(std::uint64_t deadline_tsc) {
    const std::uint64_t until = deadline_tsc ? deadline_tsc : no_deadline;
    release_sent();
    refill();
    receive_.ring.enable_interrupts();
    // One interrupt comes an arming. It may belong to a frame that was taken long ago.
    while (!receive_.ring.pending() && !receive_.ring.is_broken()) {
        if (!armed_ && !nic_->function().arm(vector_))
            break;
        armed_ = true;
        if (!waiter_.wait(until))
            break;
        armed_ = false;
    }
    receive_.ring.disable_interrupts();
    note_problem(receive_.ring);
}

template class VirtioPort<virtio_net::SplitRing>;
template class VirtioPort<virtio_net::PackedRing>;

} // namespace exo::net
