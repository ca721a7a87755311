// Errors beneath the disk: run.bash lets QEMU fail reads of block 800 for ever, and writes of block 1600 once.
#include "tests/disk/check.hpp"

namespace disk_tests {

namespace {

void reads_fail(Device& disk) {
    const std::uint32_t block = disk.block_bytes();
    const Buffer memory(disk, 4096);
    for (unsigned turn = 0; turn < 3; ++turn) {
        LAB_CHECK(run(disk, transfer(Operation::Read, 800, 1, memory.piece(0, block))) == Status::MediumError);
        LAB_CHECK(run(disk, transfer(Operation::Read, 0, 1, memory.piece(0, block))) == Status::Done);
    }
    LAB_CHECK(disk.counters().failed == 3);
    LAB_CHECK(disk.problem() == nullptr);
}

void writes_fail_once(Device& disk) {
    const std::uint32_t block = disk.block_bytes();
    const Buffer memory(disk, 4096);
    fill_block(memory.address(), block, 1600, 3);
    LAB_CHECK(run(disk, transfer(Operation::Write, 1600, 1, memory.piece(0, block))) == Status::MediumError);
    LAB_CHECK(run(disk, transfer(Operation::Write, 1600, 1, memory.piece(0, block))) == Status::Done);
    LAB_CHECK(run(disk, transfer(Operation::Read, 1600, 1, memory.piece(2048, block))) == Status::Done);
    LAB_CHECK(is_block(memory.address() + 2048, block, 1600, 3));
}

} // namespace

const Case error_cases[2] = {
    {"disk: a read that fails is the command's own failure", reads_fail},
    {"disk: a write that failed can be done again", writes_fail_once},
};

} // namespace disk_tests
