// Queue pairs lent to owners of extents: made, joined, and taken back; and the windows through which the disk sees an
// owner's frames. See disk.hpp.
#include "exokernel/cpu/environment.hpp"
#include "exokernel/device/device.hpp"
#include "exokernel/disk/disk.hpp"
#include "exokernel/event/interrupts.hpp"
#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/physical.hpp"
#include "exokernel/memory/tlb.hpp"

namespace exo {

namespace {

// Pages of a window that one call unmaps.
constexpr std::uint32_t torn_per_call = 1024;

std::uint64_t completion_frame(const Disk& disk, const DiskQueue& queue) {
    return disk.first_frame + queue.number * disk_pair_device_frames + 1;
}

std::uint64_t window_address(const Disk& disk, const DiskQueue& queue, std::uint64_t page) {
    return disk.spec.window_address + queue.number * extent_window_bytes + page * page_bytes;
}

void attach(DiskQueue& queue, SlotRef extent, std::uint8_t number) {
    const Slot& slot = capabilities.at(extent);
    queue.by[number] = extent;
    queue.state.set_extent(number, {slot.first & ((1ull << extent_block_bits) - 1), slot.count, slot.rights});
}

// Nothing of what the pair's last owner did stays to be read, but the phases that say which entries are new.
void scrub_completions(const Disk& disk, const DiskQueue& queue) {
    constexpr unsigned phase_word = 1, phase_bit = 48;
    auto* words = at_frame<std::uint64_t>(completion_frame(disk, queue));
    for (unsigned i = 0; i < page_bytes / 8; i++)
        words[i] = i % 2 == phase_word ? words[i] & 1ull << phase_bit : 0;
}

void open_books(const Disk& disk, DiskQueue& queue) {
    std::uint64_t books = disk.first_frame + disk.spec.pairs * disk_pair_device_frames;
    std::uint64_t pages = books + queue.number * disk_pair_book_frames + 1;
    auto* records = at_frame<std::uint16_t>(pages);
    for (std::uint32_t i = 0; i < extent_window_pages; i++)
        records[i] = 0;
    static_assert(sizeof(ExtentPageList) * extent_tags <= page_bytes);
    queue.state.open({disk.spec.transfer_bytes_max, disk.spec.block_shift, disk.spec.offers},
                     std::span<std::uint16_t, extent_window_pages>(records, extent_window_pages),
                     at_frame<ExtentPageList>(pages + 2));
}

void describe(const Disk& disk, const DiskQueue& queue) {
    ExtentRing& ring = *queue.ring;
    ring = {};
    ring.completion_head = queue.head;
    ring.completion_phase = queue.phase;
    ring.block_shift = disk.spec.block_shift;
    ring.offers = disk.spec.offers;
    ring.transfer_bytes_max = disk.spec.transfer_bytes_max;
}

} // namespace

DiskQueue* disk_queue_of(const Disk& disk, std::uint16_t environment) {
    for (std::uint16_t pair = 0; pair < disk.spec.pairs; pair++)
        if (disk.queues[pair]->environment == environment)
            return disk.queues[pair];
    return nullptr;
}

Status disk_queue_make(Disk& disk, const ExtentRingRequest& request) {
    auto environment = static_cast<std::uint16_t>(slot_environment(request.extent));
    const ExtentRingSpec& spec = request.spec;
    if (!covers(capabilities.at(request.frames), spec.ring_frame, extent_ring_pages))
        return std::unexpected(Error::OutOfRange);
    if (disk_queue_of(disk, environment))
        return std::unexpected(Error::Occupied);
    if (!frames_can_be_pinned(spec.ring_frame, extent_ring_pages))
        return std::unexpected(Error::InUse);
    if (disk.stopped) // its pairs end one after another: whose ended first is here before it is lent anew
        return std::unexpected(Error::NotBound);
    DiskQueue* queue = disk_queue_of(disk, no_environment);
    if (!queue)
        return std::unexpected(Error::TableFull);
    MapRequest completions{spec.completions,
                           completion_frame(disk, *queue),
                           1,
                           right::Read,
                           right::Read,
                           static_cast<std::uint16_t>(slot_index(request.extent)),
                           environment};
    if (spec.completions >= user_end)
        return std::unexpected(Error::BadAddress);
    if (Status status = mapping.map(environments[environment].tree, completions); !status)
        return status;
    const Vcore& vcore = *vcore_table[request.vcore];
    Status routed = interrupt_bind(disk.function, disk.spec.first_pair + queue->number, cores[vcore.core],
                                   {vcore.number, request.event, InterruptTarget::Vcore});
    if (!routed) {
        (void)mapping.unmap(environments[environment].tree, spec.completions, 1);
        tlb_flush_all(environment);
        return routed;
    }
    scrub_completions(disk, *queue);
    open_books(disk, *queue);
    queue->environment = environment;
    queue->closing = false;
    queue->maker = request.number;
    queue->frames = request.frames;
    queue->ring_frame = spec.ring_frame;
    queue->ring = at_frame<ExtentRing>(spec.ring_frame);
    queue->taken = queue->torn = 0;
    frames_pin(spec.ring_frame, extent_ring_pages, disk_ring_tenant(disk, *queue));
    disk.fair.reset(queue->number);
    describe(disk, *queue);
    attach(*queue, request.extent, request.number);
    return {};
}

Status disk_queue_join(DiskQueue& queue, SlotRef extent, std::uint8_t number) {
    if (queue.by[number] != no_slot || queue.closing)
        return std::unexpected(Error::Occupied);
    attach(queue, extent, number);
    return {};
}

Status disk_extent_gone(Disk& disk, SlotRef extent) {
    DiskQueue* queue = disk_queue_of(disk, static_cast<std::uint16_t>(slot_environment(extent)));
    for (std::uint8_t number = 0; queue && number < extents_per_ring; number++) {
        if (queue->by[number] != extent)
            continue;
        if (number == queue->maker)
            return disk_queue_end(disk, *queue);
        queue->state.set_extent(number, {});
        if (!disk.stopped)
            disk_reap(disk, *queue);
        if (queue->state.uses_extent(number) && disk_runs(disk))
            return std::unexpected(Error::Again);
        queue->by[number] = no_slot;
    }
    return {};
}

Status disk_queue_end(Disk& disk, DiskQueue& queue) {
    queue.closing = true;
    disk.fair.rest(queue.number);
    bool runs = disk_runs(disk);
    if (runs)
        disk_reap(disk, queue);
    if (queue.state.out() && runs)
        return std::unexpected(Error::Again);
    std::uint32_t end = std::min(queue.torn + torn_per_call, extent_window_pages);
    for (; queue.torn < end; queue.torn++)
        (void)mapping.unmap(dma_tree(disk.function), window_address(disk, queue, queue.torn), 1);
    if (Status flushed = dma_flush(disk.function); !flushed)
        return flushed;
    if (queue.torn < extent_window_pages)
        return std::unexpected(Error::Again);
    if (Result<std::uint32_t> cookie = unbind_interrupt(disk.function, disk.spec.first_pair + queue.number))
        interrupt_route_remove(*cookie);
    else if (cookie.error() == Error::TimedOut)
        return std::unexpected(cookie.error());
    disk_queue_forget(disk, queue);
    return {};
}

void disk_queue_forget(Disk& disk, DiskQueue& queue) {
    for (std::uint32_t tag = 0; tag < extent_tags; tag++)
        disk.cost_out -= queue.state.end(tag);
    MappingPlace place;
    auto slot = static_cast<std::uint16_t>(slot_index(queue.by[queue.maker]));
    while (mapping.find_of(completion_frame(disk, queue), queue.environment, slot, &place))
        mapping.break_at(place);
    tlb_flush_all(queue.environment);
    queue.ring->gone = 1;
    frames_pin(queue.ring_frame, extent_ring_pages, 0);
    disk.fair.reset(queue.number);
    for (SlotRef& by : queue.by)
        by = no_slot;
    queue.environment = no_environment;
}

Status disk_window_add(Disk& disk, DiskQueue& queue, std::uint64_t page, std::uint64_t count, std::uint64_t frame,
                       Rights rights, SlotRef frames) {
    const Slot& slot = capabilities.at(frames);
    std::uint64_t address = window_address(disk, queue, page);
    if (Status status =
            check_dma_window({address, frame, count, 1, rights}, slot, frame_map, dma_limits(disk.function));
        !status)
        return status;
    if (Status status = bind_dma(disk.function,
                                 {address, frame, 1, rights, slot.rights & 7u,
                                  static_cast<std::uint16_t>(slot_index(frames)), queue.environment},
                                 count);
        !status)
        return status;
    for (std::uint64_t i = 0; i < count; i++)
        queue.state.set_page(static_cast<std::uint32_t>(page + i), rights);
    return {};
}

Status disk_window_remove(Disk& disk, DiskQueue& queue, std::uint64_t page, std::uint64_t count) {
    disk_reap(disk, queue);
    for (std::uint64_t i = page; i < page + count; i++)
        if (queue.state.page_used(static_cast<std::uint32_t>(i)))
            return std::unexpected(Error::InUse);
    for (std::uint64_t i = page; i < page + count; i++)
        queue.state.set_page(static_cast<std::uint32_t>(i), 0);
    return unbind_dma(disk.function, window_address(disk, queue, page), 1, count);
}

} // namespace exo
