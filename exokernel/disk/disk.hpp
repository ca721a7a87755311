// Disks that the kernel shares out by queue pairs. Whoever owns the controller's function runs its control half and
// creates the pairs; the kernel alone writes their submission queues, after it judged each entry of an owner's ring
// (secure-bindings/extent). All memory but the fixed table below is the sharer's and the owners'. The caller holds the
// kernel lock and has resolved capabilities; every call is bounded.
#pragma once

#include "secure-bindings/capability/slot.hpp"
#include "secure-bindings/extent/extent_queue.hpp"
#include "secure-bindings/flow/fair_queue.hpp"

namespace exo {

inline constexpr std::size_t max_disks = 4;

// A queue pair, in a frame of its own.
struct DiskQueue {
    ExtentQueue state;
    std::uint16_t environment; // that owns it; 0: free
    std::uint16_t number;
    bool closing;                 // on its way back: takes nothing any more
    std::uint8_t maker;           // number of the extent that made the ring
    SlotRef by[extents_per_ring]; // the capabilities that bound the extents
    SlotRef frames;               // the one that pays for the ring
    std::uint64_t ring_frame;
    ExtentRing* ring;         // through the direct map
    std::uint32_t taken;      // entries
    std::uint16_t tail, head; // of the submission and of the completion queue; never reset, as the controller's are not
    std::uint16_t phase;
    std::uint16_t unreleased; // completions that the controller does not know as read
    std::uint16_t rung;       // tail that the controller knows
    std::uint32_t torn;       // pages of the window that are unmapped already, of a queue on its way back
};
static_assert(sizeof(DiskQueue) <= page_bytes);

struct Disk {
    bool used;
    bool stopped; // on its way back: carries nothing any more
    std::uint16_t number;
    std::uint32_t function;
    SlotRef payer;
    std::uint64_t first_frame;
    DiskSpec spec;
    std::byte* registers;
    std::uint32_t doorbell_stride;
    FairQueue fair;
    FairMember members[disk_pairs_max];
    std::uint64_t cost_out; // of all commands that are out
    DiskQueue* queues[disk_pairs_max];
};

// disk.cpp
// Takes queue pairs of a function that the environment owns. Errors: NotBound (it does not), Unsupported, OutOfRange,
// BadArgument, Misaligned, InUse, Occupied, TableFull.
Status disk_share(std::uint32_t function, std::uint16_t environment, SlotRef payer, std::uint64_t first_frame,
                  std::uint64_t count, const DiskSpec& spec);
// Gives them back. Errors: Again, until no command is out or the controller is disabled; TimedOut.
Status disk_unshare(Disk& disk);
// The function is about to be released; then it has been.
void disk_stop(std::uint32_t function);
void disk_released(std::uint32_t function);
// The disk of a function; null: it is not shared.
Disk* disk_of_function(std::uint64_t function);
// Whether the controller may still touch memory: it is enabled. (NVMe 1.4, 3.1.6)
bool disk_runs(const Disk& disk);
// The holder of a Frames capability loses this frame, by which it paid for something here. Errors: Again, TimedOut.
Status disk_frame_taken(std::uint64_t frame, SlotRef payer);
// A page of a function's domain is about to be unmapped, since its frame is taken. Errors: Again, while it is used.
Status disk_page_taken(std::uint32_t function, std::uint64_t address);

// Who has a pinned frame of a ring.
std::uint16_t disk_ring_tenant(const Disk& disk, const DiskQueue& queue);

// queue.cpp
struct ExtentRingRequest {
    SlotRef extent;
    std::uint8_t number; // by which entries name it
    std::uint16_t vcore; // number
    std::uint8_t event;
    SlotRef frames;
    ExtentRingSpec spec;
};
// The environment's pair of a disk; null: it has none.
DiskQueue* disk_queue_of(const Disk& disk, std::uint16_t environment);
// Gives an extent a pair and a ring, or adds it to those of its environment. Errors: OutOfRange, InUse, Occupied,
// TableFull, NotBound while the disk is on its way back, and those of Mapping::map and interrupt_bind.
Status disk_queue_make(Disk& disk, const ExtentRingRequest& request);
Status disk_queue_join(DiskQueue& queue, SlotRef extent, std::uint8_t number);
// The extent goes, and the ring if it made it. Errors: Again, while commands on it are out; TimedOut.
Status disk_extent_gone(Disk& disk, SlotRef extent);
// Errors: as disk_extent_gone.
Status disk_queue_end(Disk& disk, DiskQueue& queue);
// What is left to be done once the controller reaches nothing of the pair.
void disk_queue_forget(Disk& disk, DiskQueue& queue);
// Frames into and out of the window: offsets and numbers of pages were checked. Errors: those of bind_dma; InUse.
Status disk_window_add(Disk& disk, DiskQueue& queue, std::uint64_t page, std::uint64_t count, std::uint64_t frame,
                       Rights rights, SlotRef frames);
Status disk_window_remove(Disk& disk, DiskQueue& queue, std::uint64_t page, std::uint64_t count);

// submit.cpp
// Takes what the owner's ring holds, and what others' hold, in turn. Returns the entries taken of this one. Errors:
// NotBound, BadArgument (flags), and those of arm_interrupt.
Result<std::uint32_t> disk_submit(Disk& disk, DiskQueue& queue, std::uint64_t flags);
// Looks at what has completed.
void disk_reap(Disk& disk, DiskQueue& queue);

} // namespace exo
