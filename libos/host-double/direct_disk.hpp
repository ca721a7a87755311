// A disk on the host whose commands end before `submit` returns: files for tools, memory for tests. It holds every
// command to the rules of block::Command and carries its octets by two functions of whoever derives from it.
#pragma once

#include "libos/block/device.hpp"

#include <cstdlib>
#include <cstring>
#include <deque>

namespace exo::block {

class DirectDisk : public Device {
public:
    Piece allocate(std::uint32_t bytes) override {
        const std::size_t rounded = (std::size_t{bytes} + 4095) / 4096 * 4096;
        auto* const memory = static_cast<std::byte*>(std::aligned_alloc(4096, rounded));
        if (!memory)
            return {};
        std::memset(memory, 0, rounded);
        return {memory, reinterpret_cast<std::uint64_t>(memory), bytes}; // Safe: a number that nobody follows.
    }
    void release(const Piece& memory) override { std::free(memory.address); }
    bool allow(std::uint64_t, std::uint64_t) override { return true; }

    std::size_t submit(std::span<const Command> commands) override {
        std::size_t taken = 0;
        for (const Command& command : commands) {
            if (done_.size() == queue_depth_)
                break;
            const Status status = carry(command);
            counters_.failed += status != Status::Done;
            done_.push_back({command.tag, status});
            taken++;
        }
        return taken;
    }
    std::size_t poll(std::span<Completion> into) override {
        std::size_t count = 0;
        for (; count < into.size() && !done_.empty(); count++) {
            into[count] = done_.front();
            done_.pop_front();
        }
        return count;
    }
    void sleep(std::uint64_t) override {}

protected:
    DirectDisk() { queue_depth_ = 64; }
    ~DirectDisk() = default;

    // The octets of one piece. False: MediumError.
    virtual bool read_octets(std::uint64_t at, std::byte* into, std::size_t bytes) = 0;
    virtual bool write_octets(std::uint64_t at, const std::byte* from, std::size_t bytes) = 0;
    // What was written is on the medium. False: MediumError.
    virtual bool flush_octets() = 0;
    // A write begins; its pieces follow.
    virtual void begin_write(const Command&) {}

private:
    Status carry(const Command& command) {
        const bool writes = command.operation == Operation::Write;
        if (command.operation != Operation::Read && offers(disk_offer::read_only))
            return Status::Refused;
        if (command.operation == Operation::Flush) {
            counters_.flushes++;
            return flush_octets() ? Status::Done : Status::MediumError;
        }
        if (command.operation == Operation::Trim)
            return Status::Refused;
        if (command.block_count == 0 || command.first_block > block_count_ ||
            command.block_count > block_count_ - command.first_block)
            return Status::OutOfRange;
        std::uint64_t bytes = 0;
        for (std::uint32_t i = 0; i <= command.more_count; i++) {
            const Piece& piece = i == 0 ? command.piece : command.more[i - 1];
            const bool begins = i == 0 || piece.device_address % 4096 == 0;
            const bool ends = i == command.more_count || (piece.device_address + piece.bytes) % 4096 == 0;
            if (!begins || !ends || piece.device_address % 4 != 0 || piece.bytes == 0)
                return Status::Refused;
            bytes += piece.bytes;
        }
        if (bytes != std::uint64_t{command.block_count} * block_bytes_ || bytes > transfer_bytes_max_ ||
            command.more_count >= pieces_max_)
            return Status::Refused;
        (writes ? counters_.writes : counters_.reads)++;
        (writes ? counters_.written_bytes : counters_.read_bytes) += bytes;
        if (writes)
            begin_write(command);
        std::uint64_t at = command.first_block * block_bytes_;
        bool good = true;
        for (std::uint32_t i = 0; good && i <= command.more_count; i++) {
            const Piece& piece = i == 0 ? command.piece : command.more[i - 1];
            good = writes ? write_octets(at, piece.address, piece.bytes) : read_octets(at, piece.address, piece.bytes);
            at += piece.bytes;
        }
        if (good && writes && (command.flags & command_flag::force_unit_access) != 0)
            good = flush_octets();
        return good ? Status::Done : Status::MediumError;
    }

    std::deque<Completion> done_;
};

} // namespace exo::block
