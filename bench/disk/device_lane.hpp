// The suite over libos/block, whatever the disk is bound as. Named by its class, a final one is called directly.
#pragma once

#include "bench/disk/suite.hpp"
#include "bench/exo/program.hpp"
#include "libos/block/device.hpp"

namespace bench::disk {

template <class Disk>
class DeviceLane {
public:
    static constexpr std::uint32_t depth_most = depth_max;

    // `kernel_entries`: how often the kernel was entered so far; null where there is none.
    DeviceLane(Disk& disk, std::uint64_t (*kernel_entries)()) : disk_(disk), kernel_entries_(kernel_entries) {
        require(disk.bytes() >= disk_bytes, "finding 1 GiB on the disk");
        require(disk.transfer_bytes_max() >= piece_max && disk.queue_depth() >= depth_max,
                "finding a disk that takes as much at once");
        while (disk.block_bytes() << block_shift_ < page)
            ++block_shift_;
        memory_ = disk.allocate(depth_max * piece_max);
        require(memory_.address != nullptr, "taking memory for data");
    }
    void give(std::uint32_t slot, const Transfer& transfer) {
        exo::block::Command& command = commands_[given_++];
        const std::uint32_t at = slot * piece_max;
        command.tag = slot;
        command.first_block = transfer.offset / page << block_shift_;
        command.block_count = transfer.bytes / page << block_shift_;
        command.operation =
            transfer.direction == Direction::read ? exo::block::Operation::Read : exo::block::Operation::Write;
        command.piece = {memory_.address + at, memory_.device_address + at, transfer.bytes};
    }
    void ring() {
        const std::size_t taken = disk_.submit({commands_, given_});
        require(taken == given_, "giving commands to the disk");
        given_ = 0;
    }
    int take(std::uint32_t* slots) {
        exo::block::Completion done[depth_max];
        const std::size_t count = disk_.poll(done);
        for (std::size_t index = 0; index < count; ++index) {
            if (done[index].status != exo::block::Status::Done)
                return -1;
            slots[index] = static_cast<std::uint32_t>(done[index].tag);
        }
        return static_cast<int>(count);
    }
    std::uint64_t kernel_entries() const { return kernel_entries_ == nullptr ? 0 : kernel_entries_(); }
    void print(std::string_view text) { bench::print(text); }

private:
    Disk& disk_;
    std::uint64_t (*kernel_entries_)();
    unsigned block_shift_ = 0; // of blocks in a page
    exo::block::Piece memory_;
    std::size_t given_ = 0;
    exo::block::Command commands_[depth_max];
};

} // namespace bench::disk
