// What is written is what is read: every size and shape, the whole disk with a full queue, and after a trim.
#include "tests/disk/check.hpp"

namespace disk_tests {

namespace {

constexpr std::uint32_t page = 4096;

void sizes(Device& disk) {
    const std::uint32_t block = disk.block_bytes(), most = disk.transfer_bytes_max();
    const Buffer out(disk, most + page), in(disk, most + page);
    for (std::uint32_t bytes = block; bytes <= most; bytes *= 2)
        for (const std::uint32_t offset : {0u, 512u, 3584u}) {
            if (bytes == most && offset != 0)
                continue; // the longest command has no room for a page more
            const std::uint32_t blocks = bytes / block;
            for (std::uint32_t index = 0; index < blocks; ++index)
                fill_block(out.address() + offset + index * block, block, 100 + index, offset + bytes);
            LAB_CHECK(run(disk, transfer(Operation::Write, 100, blocks, out.piece(offset, bytes))) == Status::Done);
            LAB_CHECK(run(disk, transfer(Operation::Read, 100, blocks, in.piece(offset, bytes))) == Status::Done);
            for (std::uint32_t index = 0; index < blocks; ++index)
                LAB_CHECK(is_block(in.address() + offset + index * block, block, 100 + index, offset + bytes));
        }
}

void pieces(Device& disk) {
    const std::uint32_t block = disk.block_bytes();
    const Buffer out(disk, 64 * page), in(disk, 64 * page);
    constexpr std::uint32_t blocks_of = 32 * page;
    for (std::uint32_t index = 0; index < blocks_of / block; ++index)
        fill_block(out.address() + index * block, block, 50 + index, 7);
    LAB_CHECK(run(disk, transfer(Operation::Write, 50, blocks_of / block, out.piece(0, blocks_of))) == Status::Done);
    // Every second page of the buffer, from the last to the first.
    Piece more[31];
    for (std::uint32_t index = 1; index < 32; ++index)
        more[index - 1] = in.piece((31 - index) * 2 * page, page);
    Command command = transfer(Operation::Read, 50, blocks_of / block, in.piece(62 * page, page));
    command.more = more;
    command.more_count = 31;
    LAB_CHECK(run(disk, command) == Status::Done);
    for (std::uint32_t index = 0; index < 32; ++index)
        for (std::uint32_t part = 0; part < page / block; ++part)
            LAB_CHECK(is_block(in.address() + (31 - index) * 2 * page + part * block, block,
                               50 + index * (page / block) + part, 7));
}

// Keeps the queue full over the whole disk, in an order that is no order.
void pass(Device& disk, const Buffer& memory, Operation operation, std::uint64_t generation) {
    const std::uint32_t block = disk.block_bytes(), blocks = page / block;
    const std::uint64_t pages = disk.bytes() / page;
    constexpr std::uint64_t stride = 7919; // a prime that does not divide the number of pages
    std::uint16_t free[256], free_count = 0;
    for (std::uint16_t slot = 0; slot < disk.queue_depth(); ++slot)
        free[free_count++] = slot;
    std::uint64_t where[256], given = 0, ended = 0;
    while (ended < pages) {
        while (free_count != 0 && given < pages) {
            const std::uint16_t slot = free[--free_count];
            where[slot] = given++ * stride % pages;
            std::byte* const place = memory.address() + slot * page;
            for (std::uint32_t part = 0; part < blocks && operation == Operation::Write; ++part)
                fill_block(place + part * block, block, where[slot] * blocks + part, generation);
            Command command = transfer(operation, where[slot] * blocks, blocks, memory.piece(slot * page, page));
            command.tag = slot;
            LAB_CHECK(disk.submit({&command, 1}) == 1);
        }
        Completion done[16];
        const std::size_t count = disk.poll(done);
        for (std::size_t index = 0; index < count; ++index) {
            const auto slot = static_cast<std::uint16_t>(done[index].tag);
            LAB_CHECK(done[index].status == Status::Done);
            for (std::uint32_t part = 0; part < blocks && operation == Operation::Read; ++part)
                LAB_CHECK(is_block(memory.address() + slot * page + part * block, block, where[slot] * blocks + part,
                                   generation));
            free[free_count++] = slot;
        }
        ended += count;
        if (disk.problem()) {
            LAB_CHECK(disk.problem() == nullptr);
            return;
        }
    }
}

void whole_disk(Device& disk) {
    const Buffer memory(disk, disk.queue_depth() * page);
    LAB_CHECK(disk.bytes() / page % 7919 != 0);
    const exo::block::DeviceCounters before = disk.counters();
    pass(disk, memory, Operation::Write, 11);
    LAB_CHECK(run(disk, transfer(Operation::Flush, 0, 0, {})) == Status::Done);
    pass(disk, memory, Operation::Read, 11);
    const exo::block::DeviceCounters after = disk.counters();
    LAB_CHECK(after.written_bytes - before.written_bytes == disk.bytes());
    LAB_CHECK(after.read_bytes - before.read_bytes == disk.bytes());
    LAB_CHECK(after.flushes - before.flushes == 1);
    LAB_CHECK(after.failed == before.failed);
}

void trim(Device& disk) {
    const std::uint32_t block = disk.block_bytes(), blocks = page / block;
    const Buffer memory(disk, 3 * page);
    for (std::uint32_t index = 0; index < 3 * blocks; ++index)
        fill_block(memory.address() + index * block, block, index, 13);
    LAB_CHECK(run(disk, transfer(Operation::Write, 0, 3 * blocks, memory.piece(0, 3 * page))) == Status::Done);
    LAB_CHECK(disk.offers(exo::block::disk_offer::trim));
    LAB_CHECK(run(disk, transfer(Operation::Trim, blocks, blocks, {})) == Status::Done);
    LAB_CHECK(run(disk, transfer(Operation::Read, 0, 3 * blocks, memory.piece(0, 3 * page))) == Status::Done);
    LAB_CHECK(is_block(memory.address(), block, 0, 13));
    LAB_CHECK(is_block(memory.address() + 2 * page, block, 2 * blocks, 13));
    if (disk.offers(exo::block::disk_offer::trimmed_reads_zero))
        for (std::uint32_t index = 0; index < page; ++index)
            LAB_CHECK(memory.address()[page + index] == std::byte{0});
}

} // namespace

const Case data_cases[4] = {
    {"disk: every size from one block to the longest command, at three offsets in a page", sizes},
    {"disk: a command in 32 pieces", pieces},
    {"disk: the whole disk is written and read with a full queue", whole_disk},
    {"disk: a trim takes its blocks and no others", trim},
};

} // namespace disk_tests
