// Opening and closing of nvme_disk.hpp.
#include "libos/block/nvme_disk.hpp"

#include "libos/memory/heap.hpp"
#include "libos/time/clock.hpp"
#include "libos/upcall/vcore.hpp"

#include <algorithm>

namespace exo::block {

namespace {

// Registers and the doorbells of the first queues; the MSI-X table lies behind.
constexpr std::uint64_t mapped_bytes = 2 * page_bytes;
constexpr std::size_t namespaces_looked_at = 64;

// The power of two that holds `depth` commands beside the entry that stays empty.
std::uint16_t entries_for(std::uint16_t depth) {
    std::uint16_t entries = 2;
    while (entries <= depth)
        entries = static_cast<std::uint16_t>(2 * entries);
    return entries;
}

} // namespace

const char* NvmeDisk::open(const StartFunction& granted, const DiskWishes& wishes) {
    wishes_ = wishes;
    queue_depth_ = std::clamp<std::uint16_t>(wishes.queue_depth, 1, nvme::depth_max - 1);
    limit_cycles_ = ns_to_cycles(wishes.limit_us * 1000 / 2); // overdue after two looks at least
    next_look_ = tsc() + limit_cycles_;
    if (!function_.open(granted))
        return "the disk's function cannot be bound";
    const auto bar = function_.bar(nvme::register_bar, mapped_bytes);
    if (!bar)
        return "the disk's registers cannot be mapped";
    registers_ = *bar;
    const auto admin = function_.allocate_dma(nvme::AdminMemory::bytes);
    const auto queue = function_.allocate_dma(nvme::QueueMemory::bytes(entries_for(queue_depth_)));
    flights_ = static_cast<Flight*>(heap_allocate(queue_depth_ * sizeof(Flight)));
    free_ = static_cast<std::uint16_t*>(heap_allocate(queue_depth_ * sizeof(std::uint16_t)));
    if (!admin || !queue || !flights_ || !free_)
        return "there is no memory for the disk's queues";
    admin_memory_ = *admin;
    queue_memory_ = *queue;
    for (std::uint16_t index = queue_depth_; index != 0; --index) {
        flights_[index - 1] = {};
        free_[free_count_++] = static_cast<std::uint16_t>(index - 1);
    }
    if (wishes.interrupts) {
        if (!waiter_.open(this_vcore_index()))
            return "no event is left for the disk's interrupt";
        if (!function_.route_interrupt(vector(), waiter_.bit()))
            return "the disk's interrupt cannot be routed";
    }
    if (const char* wrong = start_controller())
        return wrong;
    return find_namespace();
}

// Also after a reset, with the same memory.
const char* NvmeDisk::start_controller() {
    // Safe: control code makes volatile accesses of its own.
    const Registers registers = mapped_registers(const_cast<std::byte*>(registers_));
    const Clock clock{tsc, tsc_hz() / 1'000'000};
    auto done = controller_.open(registers, registers_ + nvme::reg::doorbells, clock,
                                 {admin_memory_.address, admin_memory_.physical});
    if (!done)
        return nvme::describe(done.error());
    if (const auto pairs = controller_.request_queue_pairs(1); !pairs)
        return nvme::describe(pairs.error());
    done = controller_.create_queue_pair(pair_, queue_id, {queue_memory_.address, queue_memory_.physical},
                                         entries_for(queue_depth_),
                                         wishes_.interrupts ? std::optional(vector()) : std::nullopt);
    return done ? nullptr : nvme::describe(done.error());
}

const char* NvmeDisk::find_namespace() {
    std::uint32_t present[namespaces_looked_at];
    const auto count = controller_.namespaces(present);
    if (!count)
        return nvme::describe(count.error());
    for (std::size_t index = 0; index < *count && name_space_ == 0; ++index)
        if (wishes_.name_space == 0 || present[index] == wishes_.name_space)
            name_space_ = present[index];
    if (name_space_ == 0)
        return "the controller has no such disk";
    const auto disk = controller_.identify_namespace(name_space_);
    if (!disk)
        return nvme::describe(disk.error());
    block_bytes_ = disk->block_bytes;
    block_shift_ = static_cast<std::uint32_t>(__builtin_ctz(block_bytes_));
    block_count_ = disk->blocks;
    const nvme::Identity& controller = controller_.identity();
    // A command counts blocks in 16 bits.
    transfer_bytes_max_ = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(controller.transfer_bytes_max, std::uint64_t{block_bytes_} << 16));
    pieces_max_ = static_cast<std::uint16_t>(nvme::table_runs);
    heeds_fua_ = controller.force_unit_access || !controller.write_cache;
    offers_ = (heeds_fua_ ? disk_offer::force_unit_access : 0) |
              (controller.write_cache ? disk_offer::volatile_cache : 0) |
              (controller.deallocates ? disk_offer::trim : 0) |
              (controller.deallocates && disk->deallocated_reads_zero ? disk_offer::trimmed_reads_zero : 0);
    return nullptr;
}

const char* NvmeDisk::close() {
    Completion ended[16];
    while (!problem_ && pair_.in_flight() != 0)
        if (poll(ended) == 0)
            sleep(0);
    if (problem_)
        return problem_;
    if (auto done = controller_.shut_down(); !done)
        return nvme::describe(done.error());
    const auto done = controller_.reset();
    problem_ = "the disk was closed";
    return done ? nullptr : nvme::describe(done.error());
}

} // namespace exo::block
