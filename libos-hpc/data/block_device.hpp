// A disk of the program, or its blocks of a shared one, in octets: what a block device of Linux is. Octets that are not
// whole blocks are read, changed and written back. Nothing is kept in memory: what was written is on the disk when the
// call returns, and on the medium after a flush.
#pragma once

#include "libos-hpc/linux/errors.hpp"
#include "libos/block/device.hpp"
#include "libos/thread/mutex.hpp"

#include <cstddef>
#include <span>

namespace exo::hpc {

using linux_abi::Errno;

// Lives for good. Any thread may call it; the disk does one thing at a time.
class BlockDevice {
public:
    BlockDevice(block::Device& device, bool read_only)
        : device_(device), read_only_(read_only || device.offers(block::disk_offer::read_only)) {}
    BlockDevice(const BlockDevice&) = delete;
    BlockDevice& operator=(const BlockDevice&) = delete;
    // Takes the memory that everything passes through. False: there is none.
    bool open();

    std::uint64_t bytes() const { return device_.bytes(); }
    std::uint32_t block_bytes() const { return device_.block_bytes(); }
    bool read_only() const { return read_only_; }

    // As much as there is: nothing at the end. Errors: IO.
    Outcome<std::size_t> read(std::uint64_t offset, std::span<std::byte> into);
    // As much as there is room for. Errors: PERM (read-only), NOSPC (at or behind the end), IO.
    Outcome<std::size_t> write(std::uint64_t offset, std::span<const std::byte> from);
    // Whole blocks, all there: they read as zeroes, or may read as anything. Errors: PERM, INVAL, IO; OPNOTSUPP of
    // `discard` alone, where the disk has no such thing.
    Done zero(std::uint64_t offset, std::uint64_t bytes);
    Done discard(std::uint64_t offset, std::uint64_t bytes);
    // What was written is on the medium. Errors: IO.
    Done flush();

private:
    // A part of a transfer: octets inside whole blocks that fit the memory.
    struct Part {
        std::uint64_t first_block;
        std::uint32_t blocks;
        std::uint32_t skipped; // octets of the first block that are not meant
        std::uint32_t bytes;   // that are
    };
    Part part_at(std::uint64_t offset, std::uint64_t bytes) const;
    bool is_whole(const Part& part) const;
    // The lock is held.
    Done carry(block::Operation operation, const Part& part);
    Done run(const block::Command& command);
    Done check_blocks(std::uint64_t offset, std::uint64_t bytes) const;

    block::Device& device_;
    const bool read_only_;
    Mutex lock_; // of what follows, and of commands
    block::Piece memory_;
};

} // namespace exo::hpc
