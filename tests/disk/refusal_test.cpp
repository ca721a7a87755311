// Commands that are not as they must be end with what is wrong with them, and touch nothing.
#include "tests/disk/check.hpp"

namespace disk_tests {

namespace {

void out_of_range(Device& disk) {
    const std::uint32_t block = disk.block_bytes();
    const Buffer memory(disk, 8192);
    const std::uint64_t end = disk.block_count();
    LAB_CHECK(run(disk, transfer(Operation::Read, end - 1, 1, memory.piece(0, block))) == Status::Done);
    LAB_CHECK(run(disk, transfer(Operation::Read, end, 1, memory.piece(0, block))) == Status::OutOfRange);
    LAB_CHECK(run(disk, transfer(Operation::Write, end - 1, 2, memory.piece(0, 2 * block))) == Status::OutOfRange);
    LAB_CHECK(run(disk, transfer(Operation::Write, ~0ull, 1, memory.piece(0, block))) == Status::OutOfRange);
    LAB_CHECK(run(disk, transfer(Operation::Trim, end - 1, ~0u, {})) == Status::OutOfRange);
}

void malformed(Device& disk) {
    const std::uint32_t block = disk.block_bytes();
    const Buffer memory(disk, disk.transfer_bytes_max() + 8192);
    LAB_CHECK(run(disk, transfer(Operation::Read, 0, 0, memory.piece(0, 0))) == Status::Refused);
    LAB_CHECK(run(disk, transfer(Operation::Read, 0, 2, memory.piece(0, block))) == Status::Refused);
    LAB_CHECK(run(disk, transfer(Operation::Read, 0, 1, memory.piece(2, block))) == Status::Refused);
    const std::uint32_t most = disk.transfer_bytes_max() + block;
    LAB_CHECK(run(disk, transfer(Operation::Read, 0, most / block, memory.piece(0, most))) == Status::Refused);
    Piece more[256];
    for (Piece& piece : more)
        piece = memory.piece(0, block);
    Command command = transfer(Operation::Read, 0, 257, memory.piece(0, block));
    command.more = more;
    command.more_count = 256;
    LAB_CHECK(run(disk, command) == Status::Refused);
    // Many at once, with good ones between: each ends once.
    Command mixed[32];
    for (std::uint32_t index = 0; index < 32; ++index) {
        mixed[index] = transfer(Operation::Read, index % 2 ? disk.block_count() : 0, 1, memory.piece(0, block));
        mixed[index].tag = index;
    }
    LAB_CHECK(disk.submit(mixed) == 32);
    std::uint32_t seen = 0, ended = 0;
    const std::uint64_t deadline = exo::deadline_in_ns(20'000'000'000);
    while (ended < 32 && exo::tsc() < deadline) {
        Completion done[5];
        const std::size_t count = disk.poll(done);
        for (std::size_t index = 0; index < count; ++index) {
            seen |= 1u << done[index].tag;
            LAB_CHECK(done[index].status == (done[index].tag % 2 ? Status::OutOfRange : Status::Done));
        }
        ended += static_cast<std::uint32_t>(count);
    }
    LAB_CHECK(seen == ~0u);
    LAB_CHECK(ended == 32);
}

} // namespace

const Case refusal_cases[2] = {
    {"disk: blocks beyond the end are out of range", out_of_range},
    {"disk: malformed commands are refused, and their neighbours are not", malformed},
};

} // namespace disk_tests
