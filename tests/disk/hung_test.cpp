// An extent of a disk that carries out a write now and then at most, see run.bash: its owner, a neighbour on the same
// disk, and an owner that does not wait for the end.
#include "tests/disk/check.hpp"

namespace disk_tests {

namespace {

using exo::block::ExtentDisk;

// The disks of these cases are shared.
ExtentDisk& shared(Device& disk) {
    return static_cast<ExtentDisk&>(disk);
}

constexpr unsigned writes = 3, reads = 3, all = writes + reads;

struct Ended {
    unsigned seen = 0, done = 0, aborted = 0; // bits
};

Ended until_all_ended(Device& disk, std::uint64_t deadline) {
    Ended ended;
    while (ended.seen != (1u << all) - 1 && exo::tsc() < deadline) {
        Completion completions[all];
        const std::size_t count = disk.poll(completions);
        for (const Completion& one : std::span(completions).first(count)) {
            LAB_CHECK((ended.seen >> one.tag & 1) == 0);
            ended.seen |= 1u << one.tag;
            ended.done |= unsigned{one.status == Status::Done} << one.tag;
            ended.aborted |= unsigned{one.status == Status::Aborted} << one.tag;
        }
        if (count == 0)
            disk.sleep(deadline);
    }
    return ended;
}

// Writes of blocks that "mark" left out, reads of what it wrote.
void writes_hang(Device& disk) {
    const std::uint32_t block = disk.block_bytes();
    const Buffer memory(disk, all * 4096);
    Command commands[all];
    for (unsigned i = 0; i < all; ++i) {
        commands[i] = i < writes ? transfer(Operation::Write, 8 + i, 1, memory.piece(4096 * i, block))
                                 : transfer(Operation::Read, 0, 1, memory.piece(4096 * i, block));
        commands[i].tag = i;
    }
    LAB_CHECK(disk.submit(commands) == all);
    const Ended ended = until_all_ended(disk, exo::deadline_in_ns(120'000'000'000));
    LAB_CHECK(ended.seen == (1u << all) - 1);
    LAB_CHECK((ended.done | ended.aborted) == (1u << all) - 1);
    LAB_CHECK(ended.aborted != 0);
    LAB_CHECK(ended.aborted >> writes == 0); // no read was given up
    for (unsigned i = writes; i < all; ++i)
        LAB_CHECK(is_block(memory.address() + 4096 * i, block, 0, 17));
    LAB_CHECK(shared(disk).complaints() != 0);
    LAB_CHECK(shared(disk).rebinds() != 0);
    exo::log_line({{"disk: complaints "},
                   exo::decimal(shared(disk).complaints()),
                   {", rings bound anew "},
                   exo::decimal(shared(disk).rebinds())});
}

void reads_go_on(Device& disk) {
    const std::uint32_t block = disk.block_bytes();
    const Buffer memory(disk, 4096);
    for (std::uint64_t at = 0; at < disk.block_count(); at += 32) {
        LAB_CHECK(run(disk, transfer(Operation::Read, at, 1, memory.piece(0, block))) == Status::Done);
        LAB_CHECK(is_block(memory.address(), block, at, 17));
    }
    LAB_CHECK(disk.problem() == nullptr);
}

// Reads until the disk was reset under it, and then some more.
void neighbour(Device& disk) {
    const std::uint64_t deadline = exo::deadline_in_ns(100'000'000'000);
    while (shared(disk).rebinds() == 0 && exo::tsc() < deadline && lab::failures == 0)
        reads_go_on(disk);
    LAB_CHECK(shared(disk).rebinds() != 0);
    LAB_CHECK(shared(disk).complaints() == 0);
    reads_go_on(disk);
}

void leaves(Device& disk) {
    const std::uint32_t block = disk.block_bytes();
    // Not given back: that would wait for the end.
    const Piece memory = disk.allocate(4096);
    for (unsigned i = 0; i < writes; ++i) {
        const Command command = transfer(Operation::Write, 8 + i, 1, {memory.address, memory.device_address, block});
        LAB_CHECK(disk.submit({&command, 1}) == 1);
    }
}

} // namespace

const Case hung_cases[2] = {
    {"hung disk: writes that hang are given up, and reads beside them are not", writes_hang},
    {"hung disk: what can be read is read", reads_go_on},
};
const Case neighbour_cases[1] = {
    {"hung disk: a neighbour finds the disk reset, and goes on without an error", neighbour},
};
const Case leaving_cases[1] = {
    {"hung disk: an owner goes with writes under way", leaves},
};

} // namespace disk_tests
