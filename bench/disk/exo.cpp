// The disk bench on the exokernel: a native program that owns the NVMe function, by libos/block.
#include "bench/disk/suite.hpp"
#include "bench/exo/program.hpp"
#include "libos/block/open_disk.hpp"

namespace {

namespace block = exo::block;

class OwnedDisk {
public:
    void open() {
        block::OpenedDisk opened[1];
        bench::require(block::open_disks(opened) == 1, "finding a disk");
        if (!opened[0].device)
            bench::give_up("opening the disk", opened[0].problem);
        disk_ = static_cast<block::NvmeDisk*>(opened[0].device);
        blocks_ = bench::disk::read_bytes / disk_->block_bytes();
        bench::require(disk_->bytes() / bench::disk::read_bytes >= bench::disk::disk_pages, "finding 1 GiB on it");
        memory_ = disk_->allocate(bench::disk::depth_max * bench::disk::read_bytes);
        bench::require(memory_.address != nullptr, "taking memory for its data");
    }
    void give(std::uint32_t slot, std::uint64_t page) {
        block::Command& command = commands_[given_++];
        const std::uint32_t offset = slot * bench::disk::read_bytes;
        command.tag = slot;
        command.first_block = page * blocks_;
        command.block_count = blocks_;
        command.operation = block::Operation::Read;
        command.piece = {memory_.address + offset, memory_.device_address + offset, bench::disk::read_bytes};
    }
    void ring() {
        const std::size_t taken = disk_->submit({commands_, given_});
        bench::require(taken == given_, "giving reads to the disk");
        given_ = 0;
    }
    int take() {
        block::Completion done[bench::disk::depth_max];
        const std::size_t count = disk_->poll(done);
        for (std::size_t index = 0; index < count; ++index)
            if (done[index].status != block::Status::Done)
                return -1;
        return static_cast<int>(count);
    }
    void print(std::string_view text) { bench::print(text); }

private:
    block::NvmeDisk* disk_ = nullptr;
    std::uint32_t blocks_ = 0;
    block::Piece memory_;
    std::size_t given_ = 0;
    block::Command commands_[bench::disk::depth_max];
};

OwnedDisk disk;

} // namespace

int exo_main(const exo::StartInfo& start) {
    disk.open();
    static bench::disk::DiskSuite<OwnedDisk> suite{disk};
    if (suite.run(bench::program_argument(start, 1) == "--count"))
        return 0;
    bench::print("disk: a read failed, or did not end\n");
    return 1;
}
