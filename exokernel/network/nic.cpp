// A NIC's life with the kernel: shared, and given back. The way back keeps the order of function_release: first nobody
// is let at the NIC any more, then the device is cut off, and only then are the frames it could reach let go.
#include "exokernel/network/nic.hpp"

#include "exokernel/arch/x86_64/random.hpp"
#include "exokernel/cpu/core.hpp"
#include "exokernel/device/device.hpp"
#include "exokernel/disk/disk.hpp"
#include "exokernel/event/interrupts.hpp"
#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/info_pages.hpp"
#include "exokernel/memory/physical.hpp"
#include "exokernel/network/program.hpp"

#include <algorithm>
#include <memory>

namespace exo {

Nic nics[max_nics];

namespace {

// Tenants of pinned Data frames from here on are NICs.
constexpr std::uint16_t nic_tenant = 0x8000;
constexpr std::uint32_t pci_class_network = 0x02;
// Octets of a turn to send: a longest frame and more.
constexpr std::uint32_t quantum = 2048;
std::uint32_t last_generation;

// Octets of the book of so many flows, with what hangs on each.
constexpr std::size_t octets_for(std::size_t records) {
    return flow_book_octets(records) + alignof(FlowState) + records * sizeof(FlowState);
}

// What carries the frames: the first in the book's memory, so that a NIC that nobody shares takes none.
struct Carrier {
    NicDevice device; // nothing of an earlier function is left in the driver
    FairMember members[rings_max];
};
constexpr std::uint64_t carrier_frames = (sizeof(Carrier) + page_bytes - 1) >> page_shift;
static_assert(nic_table_frames + nic_data_frames + carrier_frames + 8 <= nic_frames_min);

Status open_book(Nic& nic) {
    Carrier* carrier = std::construct_at(at_frame<Carrier>(nic.book_first));
    nic.device = &carrier->device;
    nic.fair.open(carrier->members, quantum);
    std::size_t octets = (nic.book_frames - carrier_frames) * page_bytes;
    std::size_t records = std::min(octets / octets_for(1), max_flows);
    while (records < max_flows && octets_for(records + 1) <= octets)
        records++;
    while (records >= 2 && octets_for(records) > octets)
        records--;
    if (records < 2)
        return std::unexpected(Error::OutOfRange);
    std::byte* memory = at_frame<std::byte>(nic.book_first + carrier_frames);
    nic.book.open(lay_out_flow_book(memory, records, random_word()));
    std::size_t at = (flow_book_octets(records) + alignof(FlowState) - 1) & ~(alignof(FlowState) - 1);
    nic.flows =
        reinterpret_cast<FlowState*>(memory + at); // Safe: behind the book, in frames that only the kernel reaches.
    for (std::size_t i = 0; i < records; i++)
        nic.flows[i] = {no_slot, no_slot, no_ring, no_program};
    Result<FlowNumber> root = nic.book.add_nic(0, static_cast<std::uint32_t>(records - 2));
    if (!root)
        return std::unexpected(root.error());
    nic.root = *root;
    return {};
}

Status take_book_frames(Nic& nic, std::uint64_t first, std::uint64_t count) {
    nic.book_first = first;
    for (; nic.book_frames < count; nic.book_frames++)
        if (Status status = frame_map.retype(first + nic.book_frames, FrameType::NicBook, nic.number, 0); !status)
            return status;
    return {};
}

Status route(Nic& nic, std::uint32_t vector, InterruptTarget target) {
    return interrupt_bind(nic.function, vector, this_core(), {nic.number, 0, target});
}

void show(const Nic& nic) {
    NicInfo& info = nic_infos[nic.number];
    info = {};
    info.function = nic.function;
    for (unsigned i = 0; i < 6; i++)
        info.address[i] = nic.device->address()[i];
    info.mtu = nic.device->mtu();
    info.used = 1;
}

Status bring_up(Nic& nic, std::uint64_t first_frame, std::uint64_t count) {
    constexpr std::uint64_t device_frames = nic_table_frames + nic_data_frames;
    auto tenant = static_cast<std::uint16_t>(nic_tenant | nic.number);
    if (Status status = nic.memory.open(nic.function, {nic.payer, first_frame}, tenant); !status)
        return status;
    if (Status status = take_book_frames(nic, first_frame + device_frames, count - device_frames); !status)
        return status;
    if (Status status = open_book(nic); !status)
        return status;
    if (Status status = route(nic, nic_receive_vector, InterruptTarget::NicReceive); !status)
        return status;
    if (Status status = route(nic, nic_transmit_vector, InterruptTarget::NicTransmit); !status)
        return status;
    return nic.device->open(nic.function, nic.memory);
}

void finish(Nic& nic) {
    nic.memory.close();
    frames_clear_and_restore(nic.book_first, nic.book_frames);
    nic_infos[nic.number].used = 0;
    nic.used = false;
}

} // namespace

Status nic_share(std::uint32_t function, std::uint16_t environment, SlotRef payer, std::uint64_t first_frame,
                 std::uint64_t count) {
    if (count < nic_frames_min || count > nic_frames_max || !covers(capabilities.at(payer), first_frame, count))
        return std::unexpected(Error::OutOfRange);
    Nic* nic = nullptr;
    for (std::uint16_t i = 0; i < max_nics && !nic; i++)
        if (!nics[i].used) {
            nic = &nics[i];
            nic->number = i;
        }
    if (!nic)
        return std::unexpected(Error::TableFull);
    if (device_infos[function].class_code >> 16 != pci_class_network)
        return std::unexpected(Error::Unsupported);
    if (Status status = function_drive(function, environment); !status)
        return status;
    nic->used = true;
    nic->stopped = false;
    nic->function = function;
    nic->generation = ++last_generation;
    nic->payer = payer;
    nic->book_frames = 0;
    nic->sleepers = 0;
    nic->transmit_armed = false;
    nic->device = nullptr;
    Status up = bring_up(*nic, first_frame, count);
    if (up)
        show(*nic);
    else
        while (Status back = function_take_back(function)) // bounded: each call makes a step
            if (back || !(back.error() == Error::Again))
                break;
    return up;
}

Nic* nic_of_function(std::uint32_t function) {
    for (Nic& nic : nics)
        if (nic.used && nic.function == function)
            return &nic;
    return nullptr;
}

Nic* nic_of(const FlowName& name) {
    if (name.nic >= max_nics)
        return nullptr;
    Nic& nic = nics[name.nic];
    return nic.used && !nic.stopped && nic.generation == name.generation ? &nic : nullptr;
}

Status function_take_back(std::uint32_t function) {
    Nic* nic = nic_of_function(function);
    if (nic && !nic->stopped) {
        nic->stopped = true;
        if (nic->device)
            nic->device->close();
        end_rings_of(*nic);
        end_programs_of(*nic);
    }
    disk_stop(function);
    Status released = function_release(function, interrupt_route_remove);
    if (released && nic)
        finish(*nic);
    if (released)
        disk_released(function);
    return released;
}

Status network_frame_taken(std::uint64_t frame, SlotRef payer) {
    const FrameEntry& entry = frame_map.at(frame);
    bool of_nic =
        entry.type == FrameType::NicBook || (entry.type == FrameType::Data && entry.pins && entry.tenant & nic_tenant);
    if (of_nic) {
        const Nic& nic = nics[entry.tenant & ~nic_tenant];
        return nic.payer == payer ? function_take_back(nic.function) : Status{};
    }
    if (entry.type == FrameType::FilterCode && program_of_tenant(entry.tenant).payer == payer)
        program_end(entry.tenant);
    if (entry.type != FrameType::Data || entry.pins == 0)
        return {};
    std::uint16_t ring = ring_of_tenant(entry.tenant);
    if (ring != no_ring && rings[ring].frames == payer)
        end_ring(ring);
    return {};
}

} // namespace exo
