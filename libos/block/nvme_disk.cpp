// See nvme_disk.hpp. The data path; opening is in nvme_start.cpp, what happens when the device fails in
// nvme_recovery.cpp.
#include "libos/block/nvme_disk.hpp"

#include "libos/block/nvme_status.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>

namespace exo::block {

namespace {

constexpr nvme::Opcode opcode_of(Operation operation) {
    return operation == Operation::Read ? nvme::Opcode::Read : nvme::Opcode::Write;
}

} // namespace

Status NvmeDisk::check(const Command& command) const {
    if (command.operation == Operation::Flush)
        return Status::Done;
    if (command.block_count == 0)
        return Status::Refused;
    if (command.first_block >= block_count_ || command.block_count > block_count_ - command.first_block)
        return Status::OutOfRange;
    if (command.operation == Operation::Trim)
        return offers(disk_offer::trim) ? Status::Done : Status::Refused;
    const std::uint64_t bytes = std::uint64_t{command.block_count} << block_shift_;
    if (bytes > transfer_bytes_max_ || command.more_count >= pieces_max_)
        return Status::Refused;
    std::uint64_t held = command.piece.bytes;
    std::uint64_t alignment = command.piece.device_address % 4;
    for (std::uint16_t index = 0; index < command.more_count; ++index)
        held += command.more[index].bytes;
    return held == bytes && alignment == 0 ? Status::Done : Status::Refused;
}

// The one place where a command becomes the device's. False when its pieces cannot be described to it.
bool NvmeDisk::give(Flight& flight) {
    const Command& command = flight.command;
    ++flight.lives;
    if (command.operation == Operation::Flush) {
        pair_.flush(&flight, name_space_);
        return true;
    }
    if (command.operation == Operation::Trim) {
        pair_.deallocate(&flight, name_space_, command.first_block, command.block_count);
        return true;
    }
    nvme::Run runs[nvme::table_runs];
    runs[0] = {command.piece.device_address, command.piece.bytes};
    for (std::uint16_t index = 0; index < command.more_count; ++index)
        runs[index + 1] = {command.more[index].device_address, command.more[index].bytes};
    flight.flushes = false;
    return pair_.transfer(opcode_of(command.operation), &flight, name_space_, command.first_block, command.block_count,
                          {runs, command.more_count + 1u},
                          is_durable_write(command) ? nvme::transfer::force_unit_access : 0);
}

bool NvmeDisk::is_durable_write(const Command& command) const {
    return command.operation == Operation::Write && (command.flags & command_flag::force_unit_access) != 0;
}

// Where the device does not heed FUA: gives a flush, before which the write does not end. The write's place in the
// queue is free again, so there is room, unless the device broke a rule: then all is given anew after the reset.
bool NvmeDisk::flush_behind(Flight& flight, Status status) {
    if (flight.flushes || status != Status::Done || !is_durable_write(flight.command))
        return false;
    if (pair_.room() == 0)
        return true;
    flight.flushes = true;
    pair_.flush(&flight, name_space_);
    pair_.publish();
    return true;
}

void NvmeDisk::end_early(Flight& flight, Status status) {
    flight.lives = 1;
    flight.ended_early = true;
    flight.status = status;
    ++early_;
}

std::size_t NvmeDisk::submit(std::span<const Command> commands) {
    std::size_t taken = 0;
    bool given = false;
    for (const Command& command : commands) {
        if (free_count_ == 0)
            break;
        Flight& flight = flights_[free_[--free_count_]];
        flight.command = command;
        flight.lives = 0;
        ++taken;
        if (const Status status = problem_ ? Status::Gone : check(command); status != Status::Done) [[unlikely]]
            end_early(flight, status);
        else if (pair_.room() == 0 || !give(flight)) [[unlikely]]
            end_early(flight, pair_.is_broken() ? Status::Aborted : Status::Refused);
        else
            given = true;
    }
    if (given)
        pair_.publish();
    return taken;
}

void NvmeDisk::count(const Command& command, Status status) {
    const std::uint64_t bytes = std::uint64_t{command.block_count} << block_shift_;
    if (status != Status::Done) [[unlikely]] {
        ++counters_.failed;
        return;
    }
    switch (command.operation) {
    case Operation::Read:
        ++counters_.reads;
        counters_.read_bytes += bytes;
        return;
    case Operation::Write:
        ++counters_.writes;
        counters_.written_bytes += bytes;
        return;
    case Operation::Flush:
        ++counters_.flushes;
        return;
    case Operation::Trim:
        ++counters_.trims;
    }
}

Completion NvmeDisk::end(Flight& flight, Status status) {
    count(flight.command, status);
    flight.lives = 0;
    free_[free_count_++] = static_cast<std::uint16_t>(&flight - flights_);
    return {flight.command.tag, status};
}

std::size_t NvmeDisk::poll(std::span<Completion> into) {
    std::size_t count = 0;
    while (count < into.size()) {
        const nvme::Completion done = pair_.take();
        if (!done.token)
            break;
        // Safe: the pair gives back a token that `give` gave it, each once.
        Flight& flight = *static_cast<Flight*>(done.token);
        const Status status = status_of(done.status);
        if (!heeds_fua_ && flush_behind(flight, status)) [[unlikely]]
            continue;
        into[count++] = end(flight, status);
    }
    if (early_ != 0) [[unlikely]]
        for (std::uint16_t index = 0; index < queue_depth_ && count < into.size() && early_ != 0; ++index)
            if (Flight& flight = flights_[index]; flight.lives != 0 && flight.ended_early) {
                flight.ended_early = false;
                --early_;
                into[count++] = end(flight, flight.status);
            }
    if (const std::uint64_t now = tsc(); now >= next_look_ || pair_.is_broken()) [[unlikely]] {
        next_look_ = now + limit_cycles_;
        look_for_overdue();
    }
    return count;
}

void NvmeDisk::sleep(std::uint64_t deadline_tsc) {
    const std::uint64_t until = deadline_tsc ? deadline_tsc : no_deadline;
    // One interrupt comes an arming. It may belong to a command that was polled long ago.
    while (pair_.in_flight() != 0 && early_ == 0) {
        pair_.release();
        if (pair_.has_news() || (wishes_.interrupts && !armed_ && !function_.arm(vector())))
            break;
        if (!wishes_.interrupts) {
            while (!pair_.has_news() && tsc() < std::min(until, next_look_))
                pause();
            if (pair_.has_news())
                break;
        } else {
            armed_ = true;
            if (pair_.has_news())
                break;
            if (waiter_.wait(std::min(until, next_look_))) {
                armed_ = false;
                continue;
            }
        }
        if (tsc() >= until)
            break;
        next_look_ = tsc() + limit_cycles_;
        look_for_overdue();
    }
}

Piece NvmeDisk::allocate(std::uint32_t bytes) {
    const auto memory = function_.allocate_dma(bytes);
    if (!memory)
        return {};
    return {memory->address, memory->physical, bytes};
}

void NvmeDisk::release(const Piece& memory) {
    const std::uint64_t pages = (memory.bytes + page_bytes - 1) / page_bytes;
    function_.free_dma({memory.address, memory.device_address, pages * page_bytes});
}

bool NvmeDisk::allow(std::uint64_t device_address, std::uint64_t bytes) {
    const std::uint64_t first = device_address / page_bytes,
                        end = (device_address + bytes + page_bytes - 1) / page_bytes;
    return function_.allow(first, end - first).has_value();
}

} // namespace exo::block
