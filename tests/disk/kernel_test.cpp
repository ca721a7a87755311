// When the kernel runs: never while completions are polled for, once when a sleeper is woken. A function-bound disk
// gives its commands without the kernel, an extent gives each batch by one call.
#include "tests/disk/check.hpp"
#include "tests/lab/kernel_entries.hpp"

namespace disk_tests {

namespace {

void polling(Device& disk) {
    const std::uint32_t blocks = 4096 / disk.block_bytes();
    const Buffer memory(disk, 4096);
    LAB_CHECK(run(disk, transfer(Operation::Write, 0, blocks, memory.piece(0, 4096))) == Status::Done);
    constexpr unsigned batches = 1000;
    const bool shared = exo::start_info().extent_count != 0;
    bool as_expected = false;
    // The steward looks at a shared disk now and then, but not in the middle of each of three rounds.
    for (unsigned round = 0; round < (shared ? 3 : 1) && !as_expected; ++round) {
        lab::KernelEntries expected = lab::kernel_entries();
        expected.calls += shared ? batches : 0;
        bool all = true;
        for (unsigned turn = 0; turn < batches; ++turn) {
            const Operation operation = turn % 4 == 0 ? Operation::Write : Operation::Read;
            all &= run(disk, transfer(operation, turn % 64 * blocks, blocks, memory.piece(0, 4096))) == Status::Done;
        }
        LAB_CHECK(all);
        as_expected = lab::kernel_entries() == expected;
    }
    LAB_CHECK(as_expected);
}

void sleeping(Device& disk) {
    const Buffer memory(disk, 4096);
    unsigned slept = 0;
    // How often a completion is slower than the next look is the host's business; that it never is, is not.
    for (unsigned turn = 0; turn < 100 || (slept == 0 && turn < 20'000); ++turn) {
        const Command command = transfer(Operation::Read, turn % 100, 1, memory.piece(0, disk.block_bytes()));
        LAB_CHECK(disk.submit({&command, 1}) == 1);
        Completion done;
        const std::uint64_t deadline = exo::deadline_in_ns(10'000'000'000);
        while (disk.poll({&done, 1}) == 0) {
            ++slept;
            disk.sleep(deadline);
            if (!LAB_CHECK(exo::tsc() < deadline))
                return;
        }
        LAB_CHECK(done.status == Status::Done);
    }
    LAB_CHECK(slept > 0);
}

void nothing_under_way(Device& disk) {
    const std::uint64_t begin = exo::tsc();
    disk.sleep(begin + exo::ns_to_cycles(5'000'000'000));
    LAB_CHECK(exo::tsc() - begin < exo::ns_to_cycles(4'000'000'000));
    Completion done;
    LAB_CHECK(disk.poll({&done, 1}) == 0);
}

} // namespace

const Case kernel_cases[3] = {
    {"disk: a thousand commands without entering the kernel, but for one call a batch where the disk is shared",
     polling},
    {"disk: a sleeper is woken by its completion", sleeping},
    {"disk: nobody sleeps while nothing is under way", nothing_under_way},
};

} // namespace disk_tests
