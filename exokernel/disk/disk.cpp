// A shared disk's life: shared, given back, and what takes it away. The way back keeps frames from being reused while
// the controller may still reach them: nothing new is given, what is out is waited for or the controller is seen
// disabled, translations go, and only then are the frames let go.
#include "exokernel/disk/disk.hpp"

#include "drivers/nvme/spec.hpp"
#include "exokernel/device/device.hpp"
#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/info_pages.hpp"
#include "exokernel/memory/physical.hpp"
#include "exokernel/network/nic.hpp"

#include <memory>

namespace exo {

namespace {

Disk disks[max_disks];

// Tenants of pinned Data frames from here on are disks: memory of the pairs; then rings, by disk and pair.
constexpr std::uint16_t disk_tenant = 0x4000, ring_tenant = 0x6000;
// Octets a turn: a longest command.
constexpr std::uint32_t quantum = extent_pages_max * page_bytes;

std::uint64_t device_frames(const Disk& disk) {
    return disk.spec.pairs * disk_pair_device_frames;
}

Status check_spec(const DiskSpec& spec, std::uint64_t registers_bytes, std::uint32_t stride) {
    if (spec.pairs == 0 || spec.pairs > disk_pairs_max || spec.first_pair == 0 || spec.first_pair > 0x1000 ||
        spec.block_shift < 9 || spec.block_shift > 12 || spec.reserved || spec.name_space == 0 ||
        spec.transfer_bytes_max == 0 || spec.transfer_bytes_max > quantum || spec.transfer_bytes_max % page_bytes)
        return std::unexpected(Error::BadArgument);
    if ((spec.device_address | spec.window_address) % page_bytes || spec.window_address % large_page_bytes)
        return std::unexpected(Error::Misaligned);
    std::uint64_t doorbells = 2ull * (spec.first_pair + spec.pairs) * stride;
    if (nvme::reg::doorbells + doorbells > registers_bytes)
        return std::unexpected(Error::OutOfRange);
    return {};
}

// Makes the books of every pair, in frames behind those that the controller reaches.
Status open_queues(Disk& disk) {
    std::uint64_t books = disk.first_frame + device_frames(disk);
    std::uint64_t count = disk.spec.pairs * disk_pair_book_frames;
    for (std::uint64_t i = 0; i < count; i++)
        if (Status status = frame_map.retype(books + i, FrameType::DiskBook, disk.number, 0); !status) {
            frames_clear_and_restore(books, i);
            return status;
        }
    for (std::uint16_t pair = 0; pair < disk.spec.pairs; pair++) {
        DiskQueue* queue = std::construct_at(at_frame<DiskQueue>(books + pair * disk_pair_book_frames));
        queue->number = pair;
        queue->phase = 1;
        disk.queues[pair] = queue;
    }
    return {};
}

void forget(Disk& disk) {
    for (std::uint16_t pair = 0; pair < disk.spec.pairs; pair++)
        if (disk.queues[pair]->environment)
            disk_queue_forget(disk, *disk.queues[pair]);
    frames_pin(disk.first_frame, device_frames(disk), 0);
    frames_clear_and_restore(disk.first_frame + device_frames(disk), disk.spec.pairs * disk_pair_book_frames);
    disk.used = false;
}

} // namespace

std::uint16_t disk_ring_tenant(const Disk& disk, const DiskQueue& queue) {
    return static_cast<std::uint16_t>(ring_tenant | disk.number * disk_pairs_max | queue.number);
}

Status disk_share(std::uint32_t function, std::uint16_t environment, SlotRef payer, std::uint64_t first_frame,
                  std::uint64_t count, const DiskSpec& spec) {
    std::byte* registers = function_registers(function, nvme::register_bar);
    const DeviceInfo& info = device_infos[function];
    if (info.owner != environment || function_driven(function))
        return std::unexpected(Error::NotBound);
    if (info.class_code != nvme::pci_class || !registers)
        return std::unexpected(Error::Unsupported);
    auto capabilities_word = *reinterpret_cast<volatile std::uint64_t*>(registers); // Safe: CAP is the first register.
    std::uint32_t stride = nvme::capabilities::doorbell_stride(capabilities_word);
    if (Status status = check_spec(spec, info.bar[nvme::register_bar].bytes, stride); !status)
        return status;
    if (count != disk_frames(spec.pairs) || !covers(capabilities.at(payer), first_frame, count))
        return std::unexpected(Error::OutOfRange);
    if (disk_of_function(function))
        return std::unexpected(Error::Occupied);
    Disk* disk = disks;
    while (disk != disks + max_disks && disk->used)
        disk++;
    if (disk == disks + max_disks)
        return std::unexpected(Error::TableFull);
    if (!frames_can_be_pinned(first_frame, spec.pairs * disk_pair_device_frames))
        return std::unexpected(Error::InUse);
    *disk = {};
    disk->number = static_cast<std::uint16_t>(disk - disks);
    disk->function = function;
    disk->payer = payer;
    disk->first_frame = first_frame;
    disk->spec = spec;
    disk->registers = registers;
    disk->doorbell_stride = stride;
    if (Status status = open_queues(*disk); !status)
        return status;
    frames_pin(first_frame, device_frames(*disk), disk_tenant | disk->number);
    disk->fair.open(disk->members, quantum);
    disk->used = true;
    return {};
}

Status disk_unshare(Disk& disk) {
    disk.stopped = true;
    for (std::uint16_t pair = 0; pair < disk.spec.pairs; pair++)
        if (disk.queues[pair]->environment)
            if (Status status = disk_queue_end(disk, *disk.queues[pair]); !status)
                return status;
    forget(disk);
    return {};
}

void disk_stop(std::uint32_t function) {
    if (Disk* disk = disk_of_function(function))
        disk->stopped = true;
}

void disk_released(std::uint32_t function) {
    if (Disk* disk = disk_of_function(function))
        forget(*disk);
}

Disk* disk_of_function(std::uint64_t function) {
    for (Disk& disk : disks)
        if (disk.used && disk.function == function)
            return &disk;
    return nullptr;
}

bool disk_runs(const Disk& disk) {
    // Safe: the window holds the controller's registers.
    auto status = *reinterpret_cast<volatile std::uint32_t*>(disk.registers + nvme::reg::status);
    return (status & nvme::status::ready) != 0;
}

Status disk_frame_taken(std::uint64_t frame, SlotRef payer) {
    const FrameEntry& entry = frame_map.at(frame);
    bool pinned = entry.type == FrameType::Data && entry.pins != 0;
    if (entry.type == FrameType::DiskBook || (pinned && (entry.tenant & 0xe000) == disk_tenant)) {
        const Disk& disk = disks[entry.tenant & ~disk_tenant];
        return disk.payer == payer ? function_take_back(disk.function) : Status{};
    }
    if (!pinned || (entry.tenant & 0xe000) != ring_tenant)
        return {};
    Disk& disk = disks[(entry.tenant & ~ring_tenant) / disk_pairs_max];
    DiskQueue& queue = *disk.queues[entry.tenant % disk_pairs_max];
    return queue.frames == payer ? disk_queue_end(disk, queue) : Status{};
}

Status disk_page_taken(std::uint32_t function, std::uint64_t address) {
    Disk* disk = disk_of_function(function);
    if (!disk || address < disk->spec.window_address ||
        address - disk->spec.window_address >= disk->spec.pairs * extent_window_bytes)
        return {};
    std::uint64_t offset = address - disk->spec.window_address;
    DiskQueue& queue = *disk->queues[offset / extent_window_bytes];
    auto page = static_cast<std::uint32_t>(offset % extent_window_bytes >> page_shift);
    queue.state.set_page(page, 0);
    if (!disk->stopped)
        disk_reap(*disk, queue);
    if (queue.state.page_used(page) && disk_runs(*disk))
        return std::unexpected(Error::Again);
    return {};
}

} // namespace exo
