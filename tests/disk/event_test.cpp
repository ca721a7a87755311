// What a controller reports by itself, and what becomes of commands that take too long.
#include "tests/disk/check.hpp"

namespace disk_tests {

namespace {

using exo::block::NvmeDisk;

// The disks of this folder are owned whole.
NvmeDisk& owned(Device& disk) {
    return static_cast<NvmeDisk&>(disk);
}

void health(Device& disk) {
    const Buffer memory(disk, 4096);
    LAB_CHECK(!owned(disk).next_event());
    // QEMU's is always at 323 K, and compares when a threshold is set.
    for (unsigned turn = 0; turn < 3; ++turn) {
        LAB_CHECK(owned(disk).limit_temperature(300) == nullptr);
        const std::uint64_t deadline = exo::deadline_in_ns(10'000'000'000);
        auto event = owned(disk).next_event();
        while (!event && exo::tsc() < deadline)
            event = owned(disk).next_event();
        if (!LAB_CHECK(event.has_value()))
            return;
        LAB_CHECK(event->type == exo::nvme::EventType::Health);
        LAB_CHECK(event->information == 1); // the temperature
        LAB_CHECK(!owned(disk).next_event());
        LAB_CHECK(run(disk, transfer(Operation::Read, 0, 1, memory.piece(0, disk.block_bytes()))) == Status::Done);
    }
    LAB_CHECK(owned(disk).limit_temperature(400) == nullptr);
    LAB_CHECK(!owned(disk).next_event());
    LAB_CHECK(disk.problem() == nullptr);
}

void too_slow(Device& disk) {
    const Buffer memory(disk, 4096);
    constexpr unsigned reads = 3;
    Command commands[reads];
    for (unsigned index = 0; index < reads; ++index) {
        commands[index] = transfer(Operation::Read, index, 1, memory.piece(512 * index, 512));
        commands[index].tag = index;
    }
    LAB_CHECK(disk.submit(commands) == reads);
    unsigned ended = 0, seen = 0, failed = 0;
    const std::uint64_t deadline = exo::deadline_in_ns(120'000'000'000);
    while (ended < reads && exo::tsc() < deadline) {
        Completion done[reads];
        const std::size_t count = disk.poll(done);
        for (std::size_t index = 0; index < count; ++index) {
            seen |= 1u << done[index].tag;
            LAB_CHECK(done[index].status == Status::Done || done[index].status == Status::Aborted);
            failed += done[index].status == Status::Aborted;
        }
        ended += static_cast<unsigned>(count);
    }
    LAB_CHECK(ended == reads);
    LAB_CHECK(seen == (1u << reads) - 1);
    LAB_CHECK(owned(disk).aborts() > 0);
    LAB_CHECK(owned(disk).resets() > 0);
    exo::log_line({{"disk: aborts "},
                   exo::decimal(owned(disk).aborts()),
                   {", resets "},
                   exo::decimal(owned(disk).resets()),
                   {", commands given up "},
                   exo::decimal(failed)});
    // One alone is quick enough, once the disk has caught its breath: QEMU counts what it did for resets, too.
    const std::uint64_t rest = exo::deadline_in_ns(15'000'000'000);
    Completion none;
    while (exo::tsc() < rest)
        LAB_CHECK(disk.poll({&none, 1}) == 0);
    const std::uint64_t begin = exo::tsc();
    const Status last = run(disk, transfer(Operation::Read, 9, 1, memory.piece(0, 512)));
    exo::log_line({{"disk: one alone took "},
                   exo::decimal(exo::cycles_to_ns(exo::tsc() - begin) / 1'000'000),
                   {" ms, status "},
                   exo::decimal(static_cast<std::uint64_t>(last))});
    LAB_CHECK(last == Status::Done);
    LAB_CHECK(disk.problem() == nullptr);
}

} // namespace

const Case event_cases[1] = {
    {"disk: the controller reports that it is too warm, as often as it is", health},
};
const Case slow_cases[1] = {
    {"disk: commands that take too long are aborted, the controller is reset, and the rest goes on", too_slow},
};

} // namespace disk_tests
