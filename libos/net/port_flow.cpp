// See port_flow.hpp.
#include "libos/net/port_flow.hpp"

#include "libos/memory/bytes.hpp"
#include "libos/memory/frame_allocator.hpp"
#include "libos/memory/heap.hpp"
#include "libos/upcall/vcore.hpp"
#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/abi/syscall.hpp"

#include <algorithm>

namespace exo::net {

const char* FlowPort::open(std::span<const StartFlow> flows, const FlowPortSizes& sizes) {
    if (flows.empty())
        return "no flow was granted";
    books_ = static_cast<Packet*>(heap_allocate(sizes.packets * sizeof(Packet)));
    given_ = static_cast<Packet**>(heap_allocate(sizes.transmits * sizeof(Packet*)));
    if (!books_ || !given_)
        return "there is no memory for the packets";
    if (!waiter_.open(this_vcore_index()))
        return "no event is left for the flows";
    flow_ = flows.front().handle;
    if (const char* problem = bind_ring(flows, sizes))
        return problem;
    // Safe: the NIC page is mapped read only in every environment.
    const NicInfo& nic = reinterpret_cast<const NicInfo*>(info_nics)[flows.front().nic];
    std::copy_n(nic.address, address_.size(), address_.begin());
    pool_ = &packets_;
    const std::size_t held = std::min(flows.size(), specs_.size());
    for (std::size_t i = 0; i < held; ++i)
        specs_[i] = flows[i].spec;
    held_ = std::span(specs_).first(held);
    frame_octets_max_ = static_cast<std::uint16_t>(queue_.page().frame_octets_max);
    offers_ = port_offer::receive_checksum | port_offer::chained_transmit;
    // Where the device does not sum, the kernel would, and the stack sums faster as it goes.
    if (queue_.page().checksum_offload)
        offers_ |= port_offer::transmit_checksum;
    offer_free();
    return nullptr;
}

const char* FlowPort::bind_ring(std::span<const StartFlow> flows, const FlowPortSizes& sizes) {
    const std::uint64_t ring_pages = flow_ring_pages(sizes.offers, sizes.offers, sizes.transmits);
    const auto run = frames().allocate_run(ring_pages + sizes.packets);
    if (!run)
        return "there is no memory for the flows' ring";
    FlowRingSpec spec{
        frames().handle_of(*run), *run, *run + ring_pages, sizes.packets, sizes.offers, sizes.offers, sizes.transmits,
        packet_headroom,          0};
    // Safe: only the address crosses; the kernel checks it as a claim.
    BindOp row{
        BindKind::Ring, 0, flow_, reinterpret_cast<std::uint64_t>(&spec), waiter_.bit().interrupt_resource(), 0, 0};
    bool bound = sys::bind(self, &row, 1).ok();
    for (const StartFlow& other : flows.subspan(1)) {
        const BindOp joins{BindKind::Ring, 0, other.handle, 0, 0, 0, flow_};
        bound = bound && sys::bind(self, &joins, 1).ok();
    }
    if (!bound)
        return "the flows' ring cannot be bound";
    queue_.open(frame_memory(*run));
    slots_ = sizes.transmits;
    offered_max_ = sizes.offers;
    packets_.open({frame_memory(spec.buffer_frame), sizes.packets * page_bytes}, 0, {books_, sizes.packets},
                  page_bytes);
    return nullptr;
}

// As many buffers as the pool can spare: half of it stays for sending.
void FlowPort::offer_free() {
    bool any = false;
    while (offered_ < offered_max_ && queue_.has_offer_room() && packets_.free_count() > offered_max_ / 4) {
        queue_.offer(number_of(*packets_.allocate()));
        offered_++;
        any = true;
    }
    if (any)
        queue_.publish_offers();
}

std::size_t FlowPort::receive(std::span<Packet*> into) {
    std::uint32_t there = queue_.received();
    if (!there) {
        (void)sys::submit(flow_, submit_flag::receive);
        there = queue_.received();
        if (!there)
            return 0;
    }
    const std::size_t count = std::min<std::size_t>(there, into.size());
    for (std::size_t i = 0; i < count; i++) {
        const FlowReceived got = queue_.take();
        Packet& packet = books_[got.buffer];
        packet.offset = got.offset;
        packet.length = got.length;
        packet.flags = got.flags & receive_flag::checksum_good ? packet_flag::checksum_good : 0;
        counters_.received_octets += got.length;
        into[i] = &packet;
    }
    queue_.publish_taken();
    offered_ -= static_cast<std::uint32_t>(count);
    counters_.received_packets += count;
    if (offered_ <= offered_max_ / 2)
        offer_free();
    return count;
}

void FlowPort::release_sent() {
    for (std::uint32_t left = queue_.sent(); left; left--) {
        (void)queue_.take_sent();
        if (Packet* frame = given_[released_count_++ & (slots_ - 1)])
            PacketPool::release(frame);
    }
}

// One frame, in one slot a piece. False when there is no room for all of it.
bool FlowPort::give(Packet& frame) {
    std::uint32_t pieces = 0;
    for (const Packet* piece = &frame; piece; piece = piece->next)
        pieces++;
    if (pieces > flow_pieces_max || pieces > queue_.transmit_room())
        return false;
    const bool sums = frame.flags & packet_flag::checksum_needed;
    for (Packet* piece = &frame; piece; piece = piece->next) {
        FlowTransmit slot{};
        slot.buffer = number_of(*piece);
        slot.offset = piece->offset;
        slot.length = piece->length;
        slot.flags = piece->next ? transmit_flag::more : std::uint16_t{0};
        if (piece == &frame && sums) {
            slot.flags |= transmit_flag::checksum;
            slot.checksum_start = frame.checksum_start;
            slot.checksum_offset = frame.checksum_offset;
        }
        queue_.give(slot);
        given_[given_count_++ & (slots_ - 1)] = piece->next ? nullptr : &frame;
        counters_.sent_octets += piece->length;
    }
    return true;
}

std::size_t FlowPort::send(std::span<Packet* const> frames) {
    std::size_t count = 0;
    while (count < frames.size() && give(*frames[count]))
        count++;
    if (count) {
        queue_.publish_given();
        (void)sys::submit(flow_, submit_flag::send);
        counters_.sent_packets += count;
    }
    release_sent();
    return count;
}

void FlowPort::sleep(std::uint64_t deadline_tsc) {
    release_sent();
    offer_free();
    if (queue_.received() || !sys::submit(flow_, submit_flag::sleep).ok() || queue_.received())
        return;
    (void)waiter_.wait(deadline_tsc ? deadline_tsc : no_deadline);
}

} // namespace exo::net
