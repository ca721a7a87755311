// Interface: block_device.hpp.
#include "libos-hpc/data/block_device.hpp"

#include "libos/memory/bytes.hpp"
#include "libos/thread/thread.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

constexpr std::uint32_t memory_bytes = 128 * 1024;
constexpr std::uint32_t trimmed_blocks_max = 1u << 20; // of one command
// A disk takes some ten microseconds, or milliseconds when it flushes: look often first, then sleep.
constexpr unsigned looks_before_sleep = 4096;

} // namespace

bool BlockDevice::open() {
    memory_ = device_.allocate(std::min(memory_bytes, device_.transfer_bytes_max()));
    return memory_.address != nullptr;
}

BlockDevice::Part BlockDevice::part_at(std::uint64_t offset, std::uint64_t bytes) const {
    const std::uint32_t block = device_.block_bytes();
    Part part;
    part.first_block = offset / block;
    part.skipped = static_cast<std::uint32_t>(offset % block);
    part.bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes, memory_.bytes - part.skipped));
    part.blocks = (part.skipped + part.bytes + block - 1) / block;
    return part;
}

bool BlockDevice::is_whole(const Part& part) const {
    return part.bytes == part.blocks * device_.block_bytes();
}

Done BlockDevice::run(const block::Command& command) {
    if (device_.submit({&command, 1}) != 1)
        return fail(Errno::IO);
    block::Completion done;
    for (unsigned looks = 0; device_.poll({&done, 1}) == 0; ++looks) {
        if (looks < looks_before_sleep)
            thread_yield();
        else
            device_.sleep(0);
    }
    if (done.status != block::Status::Done)
        return fail(Errno::IO);
    return {};
}

Done BlockDevice::carry(block::Operation operation, const Part& part) {
    block::Command command;
    command.operation = operation;
    command.first_block = part.first_block;
    command.block_count = part.blocks;
    command.piece = {memory_.address, memory_.device_address, part.blocks * device_.block_bytes()};
    return run(command);
}

Outcome<std::size_t> BlockDevice::read(std::uint64_t offset, std::span<std::byte> into) {
    if (offset >= bytes())
        return 0;
    const std::uint64_t wanted = std::min<std::uint64_t>(into.size(), bytes() - offset);
    MutexGuard guard(lock_);
    std::uint64_t done = 0;
    while (done < wanted) {
        const Part part = part_at(offset + done, wanted - done);
        if (const Done carried = carry(block::Operation::Read, part); !carried) {
            if (done)
                break;
            return fail(carried.error());
        }
        copy_bytes(into.data() + done, memory_.address + part.skipped, part.bytes);
        done += part.bytes;
    }
    return static_cast<std::size_t>(done);
}

Outcome<std::size_t> BlockDevice::write(std::uint64_t offset, std::span<const std::byte> from) {
    if (read_only_)
        return fail(Errno::PERM);
    if (from.empty())
        return 0;
    if (offset >= bytes())
        return fail(Errno::NOSPC);
    const std::uint64_t wanted = std::min<std::uint64_t>(from.size(), bytes() - offset);
    MutexGuard guard(lock_);
    std::uint64_t done = 0;
    while (done < wanted) {
        const Part part = part_at(offset + done, wanted - done);
        Done carried;
        if (!is_whole(part))
            carried = carry(block::Operation::Read, part);
        if (carried) {
            copy_bytes(memory_.address + part.skipped, from.data() + done, part.bytes);
            carried = carry(block::Operation::Write, part);
        }
        if (!carried) {
            if (done)
                break;
            return fail(carried.error());
        }
        done += part.bytes;
    }
    return static_cast<std::size_t>(done);
}

Done BlockDevice::check_blocks(std::uint64_t offset, std::uint64_t bytes) const {
    if (read_only_)
        return fail(Errno::PERM);
    if ((offset | bytes) % device_.block_bytes() != 0 || offset > this->bytes() || bytes > this->bytes() - offset)
        return fail(Errno::INVAL);
    return {};
}

Done BlockDevice::zero(std::uint64_t offset, std::uint64_t bytes) {
    if (const Done good = check_blocks(offset, bytes); !good)
        return good;
    MutexGuard guard(lock_);
    fill_bytes(memory_.address, 0, memory_.bytes);
    while (bytes) {
        const Part part = part_at(offset, bytes);
        if (const Done carried = carry(block::Operation::Write, part); !carried)
            return carried;
        offset += part.bytes;
        bytes -= part.bytes;
    }
    return {};
}

Done BlockDevice::discard(std::uint64_t offset, std::uint64_t bytes) {
    if (const Done good = check_blocks(offset, bytes); !good)
        return good;
    if (!device_.offers(block::disk_offer::trim))
        return fail(Errno::OPNOTSUPP);
    MutexGuard guard(lock_);
    std::uint64_t first = offset / device_.block_bytes(), left = bytes / device_.block_bytes();
    while (left) {
        block::Command command;
        command.operation = block::Operation::Trim;
        command.first_block = first;
        command.block_count = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, trimmed_blocks_max));
        if (const Done trimmed = run(command); !trimmed)
            return trimmed;
        first += command.block_count;
        left -= command.block_count;
    }
    return {};
}

Done BlockDevice::flush() {
    if (read_only_ || !device_.offers(block::disk_offer::volatile_cache))
        return {};
    MutexGuard guard(lock_);
    block::Command command;
    command.operation = block::Operation::Flush;
    return run(command);
}

} // namespace exo::hpc
