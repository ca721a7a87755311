// Entries of owners' rings to the controller, in turn, and completions back into the books. An owner may write anything
// anywhere in its ring at any time: an entry is loaded once, judged as loaded, and is never looked at again.
#include "drivers/nvme/spec.hpp"
#include "drivers/register-access/barriers.hpp"
#include "exokernel/device/device.hpp"
#include "exokernel/disk/disk.hpp"
#include "exokernel/memory/physical.hpp"

#include <array>
#include <bit>

namespace exo {

namespace {

// Entries that one call takes, of all rings together.
constexpr unsigned entries_per_call = 128;
// Octets that are with the controller before rings wait for their turn: enough to keep it busy.
constexpr std::uint64_t cost_out_max = 1 << 20;
// Completions read before the controller is told.
constexpr unsigned unreleased_max = extent_queue_entries / 2;

// Where a pair's memory lies, for the kernel and for the controller.
constexpr std::uint64_t completions_at = page_bytes;
constexpr std::uint64_t ranges_at = completions_at + page_bytes / 2; // of trims: behind the completions
constexpr std::uint64_t tables_at = 2 * page_bytes;
static_assert(sizeof(nvme::SubmissionEntry) * extent_queue_entries == completions_at);
static_assert(sizeof(nvme::CompletionEntry) * extent_completions <= page_bytes / 2);
static_assert(sizeof(nvme::DatasetRange) * extent_queue_entries <= page_bytes / 2);
static_assert((extent_pages_max - 1) * sizeof(std::uint64_t) <= disk_tables_bytes);

template <typename T>
T* pair_memory(const Disk& disk, const DiskQueue& queue, std::uint64_t at) {
    return at_physical<T>(((disk.first_frame + queue.number * disk_pair_device_frames) << page_shift) + at);
}
std::uint64_t pair_address(const Disk& disk, const DiskQueue& queue, std::uint64_t at) {
    return disk.spec.device_address + queue.number * disk_pair_device_frames * page_bytes + at;
}

void ring_doorbell(const Disk& disk, const DiskQueue& queue, bool completion, std::uint16_t value) {
    std::uint64_t place = 2u * (disk.spec.first_pair + queue.number) + completion;
    before_doorbell();
    // Safe: the sharing has seen that the doorbells of all pairs lie in the window.
    *reinterpret_cast<volatile std::uint32_t*>(disk.registers + nvme::reg::doorbells + place * disk.doorbell_stride) =
        value;
}

void release(const Disk& disk, DiskQueue& queue) {
    queue.unreleased = 0;
    ring_doorbell(disk, queue, true, queue.head);
}

std::uint64_t window_page_address(const Disk& disk, const DiskQueue& queue, std::uint16_t page) {
    return disk.spec.window_address + queue.number * extent_window_bytes + page * page_bytes;
}

// PRP 1 is where the data begin; PRP 2 the second page or, when there are more, their table. (NVMe 1.4, 4.3)
void describe_data(const Disk& disk, const DiskQueue& queue, const ExtentEntry& entry, nvme::SubmissionEntry& words) {
    std::uint32_t pages = queue.state.flight(entry.tag).pages;
    auto page = [&](std::uint32_t i) { return window_page_address(disk, queue, queue.state.page_of(entry.tag, i)); };
    words.data[0] = page(0) + entry.offset % page_bytes;
    if (pages <= 2) {
        words.data[1] = pages == 2 ? page(1) : 0;
        return;
    }
    std::uint64_t at = tables_at + entry.tag * disk_tables_bytes;
    auto* table = pair_memory<std::uint64_t>(disk, queue, at);
    for (std::uint32_t i = 1; i < pages; i++)
        table[i - 1] = page(i);
    words.data[1] = pair_address(disk, queue, at);
}

// The controller's own command for an entry that was judged.
void write_command(const Disk& disk, DiskQueue& queue, const ExtentEntry& entry) {
    constexpr nvme::Opcode opcodes[] = {nvme::Opcode::Flush, nvme::Opcode::Write, nvme::Opcode::Read,
                                        nvme::Opcode::WriteZeroes, nvme::Opcode::DatasetManagement};
    nvme::SubmissionEntry words{};
    words.command = static_cast<std::uint64_t>(opcodes[static_cast<std::size_t>(entry.operation)]) |
                    std::uint64_t{entry.tag} << nvme::command::identifier_shift |
                    std::uint64_t{disk.spec.name_space} << nvme::command::namespace_shift;
    std::uint64_t first = queue.state.extent(entry.extent).first + entry.block;
    if (entry.operation == ExtentOperation::Trim) {
        pair_memory<nvme::DatasetRange>(disk, queue, ranges_at)[entry.tag] = {0, entry.blocks, first};
        words.data[0] = pair_address(disk, queue, ranges_at + entry.tag * sizeof(nvme::DatasetRange));
        words.dwords10_11 = nvme::dataset::deallocate;
    } else if (entry.operation != ExtentOperation::Flush) {
        words.dwords10_11 = first;
        words.dwords12_13 =
            (entry.blocks - 1) | (entry.flags & extent_flag::force_unit_access ? nvme::transfer::force_unit_access : 0);
        if (queue.state.flight(entry.tag).pages)
            describe_data(disk, queue, entry, words);
    }
    pair_memory<nvme::SubmissionEntry>(disk, queue, 0)[queue.tail] = words;
    queue.tail = (queue.tail + 1) % extent_queue_entries;
}

// Entries that the owner has given, as far as it is to be believed.
std::uint32_t waiting(const DiskQueue& queue) {
    std::uint32_t given = __atomic_load_n(&queue.ring->given, __ATOMIC_ACQUIRE) - queue.taken;
    return given <= extent_queue_entries ? given : 0;
}

// Takes the next entry of a ring that has one. Returns what it cost.
std::uint32_t take_entry(Disk& disk, DiskQueue& queue) {
    ExtentRing& ring = *queue.ring;
    std::uint32_t place = queue.taken % extent_queue_entries;
    const volatile auto* words =
        reinterpret_cast<const volatile std::uint64_t*>(&ring.entries[place]); // Safe: 24 octets, aligned.
    auto entry = std::bit_cast<ExtentEntry>(std::array{words[0], words[1], words[2]});
    // Safe: the pages behind page 0 of the ring.
    const volatile auto* lists =
        reinterpret_cast<const volatile ExtentPageList*>(reinterpret_cast<const std::byte*>(&ring) + extent_lists_at);
    if (queue.state.is_out(entry.tag))
        disk_reap(disk, queue); // the owner may have seen its end before the kernel did
    ExtentRefusal refusal = queue.state.take(entry, entry.tag < extent_tags ? lists[entry.tag] : nullptr);
    ring.refusal[place] = refusal;
    std::uint32_t cost = page_bytes;
    if (refusal == ExtentRefusal::None) {
        cost = queue.state.flight(entry.tag).cost;
        disk.cost_out += cost;
        write_command(disk, queue, entry);
    } else {
        ring.refused++;
    }
    __atomic_store_n(&ring.taken, ++queue.taken, __ATOMIC_RELEASE);
    return cost;
}

void take_in_turn(Disk& disk) {
    for (unsigned i = 0; i < entries_per_call; i++) {
        MemberNumber turn = disk.fair.turn();
        if (turn == no_member)
            return;
        if (disk.cost_out >= cost_out_max) {
            for (std::uint16_t pair = 0; pair < disk.spec.pairs; pair++)
                if (disk.queues[pair]->environment)
                    disk_reap(disk, *disk.queues[pair]);
            if (disk.cost_out >= cost_out_max)
                return;
        }
        if (waiting(*disk.queues[turn]) == 0)
            disk.fair.rest(turn);
        else
            disk.fair.sent(take_entry(disk, *disk.queues[turn]));
    }
}

} // namespace

void disk_reap(Disk& disk, DiskQueue& queue) {
    const auto* entries = pair_memory<const nvme::CompletionEntry>(disk, queue, completions_at);
    for (unsigned i = 0; i < extent_completions; i++) {
        std::uint64_t rest = load_shared(entries[queue.head].rest);
        if ((rest >> nvme::completion::phase_shift & 1) != queue.phase)
            break;
        disk.cost_out -= queue.state.end(rest >> nvme::completion::identifier_shift & 0xffff);
        queue.unreleased++;
        if (++queue.head == extent_completions) {
            queue.head = 0;
            queue.phase ^= 1;
        }
    }
    if (queue.unreleased >= unreleased_max)
        release(disk, queue);
}

Result<std::uint32_t> disk_submit(Disk& disk, DiskQueue& queue, std::uint64_t flags) {
    if (flags & ~extent_submit::sleep)
        return std::unexpected(Error::BadArgument);
    if (disk.stopped || queue.closing)
        return std::unexpected(Error::NotBound);
    disk_reap(disk, queue);
    std::uint32_t before = queue.taken;
    if (waiting(queue)) {
        disk.fair.wake(queue.number);
        take_in_turn(disk);
        // Whoever has something to do always has something out, so that its own completions go on with it.
        if (queue.state.out() == 0 && waiting(queue))
            (void)take_entry(disk, queue);
        for (std::uint16_t pair = 0; pair < disk.spec.pairs; pair++) {
            DiskQueue& written = *disk.queues[pair];
            if (written.rung != written.tail)
                ring_doorbell(disk, written, false, written.rung = written.tail);
        }
    }
    queue.ring->out = static_cast<std::uint32_t>(std::popcount(queue.state.out()));
    if (flags & extent_submit::sleep) {
        release(disk, queue);
        if (Status armed = arm_interrupt(disk.function, disk.spec.first_pair + queue.number); !armed)
            return std::unexpected(armed.error());
    }
    return queue.taken - before;
}

} // namespace exo
