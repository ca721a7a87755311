// An extent that is taken from its owner with commands under way.
#include "secure-bindings/abi/extent.hpp"
#include "secure-bindings/abi/syscall.hpp"
#include "tests/disk/check.hpp"

namespace disk_tests {

namespace {

using exo::block::ExtentDisk;

constexpr unsigned reads = 8;

void poll_all_gone(Device& disk) {
    unsigned ended = 0, seen = 0;
    const std::uint64_t deadline = exo::deadline_in_ns(10'000'000'000);
    while (ended < reads && exo::tsc() < deadline) {
        Completion done[reads];
        const std::size_t count = disk.poll(done);
        for (std::size_t index = 0; index < count; ++index) {
            seen |= 1u << done[index].tag;
            LAB_CHECK(done[index].status == Status::Gone);
        }
        ended += static_cast<unsigned>(count);
    }
    LAB_CHECK(ended == reads);
    LAB_CHECK(seen == (1u << reads) - 1);
    LAB_CHECK(disk.problem() != nullptr);
}

// All of the extent by a name of its own, which is dropped once so many commands have ended.
void taken_after(unsigned completions) {
    const exo::Handle whole = exo::start_info().extents[0].handle;
    exo::CapabilityInfo about;
    if (!LAB_CHECK(exo::sys::inspect(whole, &about).ok()))
        return;
    const exo::CallResult part = exo::sys::derive(whole, exo::Kind::Extent, about.rights, about.first, about.count);
    ExtentDisk disk;
    if (!LAB_CHECK(part.ok()) || !LAB_CHECK(disk.open({part.value(), about.count}) == nullptr))
        return;
    const Buffer memory(disk, 4096);
    const Command one = transfer(Operation::Read, 0, 1, memory.piece(0, disk.block_bytes()));
    for (unsigned turn = 0; turn < completions; ++turn)
        LAB_CHECK(run(disk, one) == Status::Done);
    Command commands[reads];
    for (unsigned index = 0; index < reads; ++index) {
        commands[index] = one;
        commands[index].tag = index;
    }
    LAB_CHECK(disk.submit(commands) == reads);
    exo::CallResult dropped(0);
    do
        dropped = exo::sys::drop(part.value());
    while (dropped.is(exo::Error::Again));
    LAB_CHECK(dropped.ok());
    poll_all_gone(disk);
    LAB_CHECK(run(disk, one) == Status::Gone);
}

// The owners get the same pair, one after the other, and each begins to look where the one before it left off: so the
// second is taken exactly one round behind the first, and zeroes look like news to one of the two.
void taken(Device& disk) {
    if (!LAB_CHECK(static_cast<ExtentDisk&>(disk).close() == nullptr)) // the disks of these cases are extents
        return;
    taken_after(0);
    taken_after(exo::extent_completions - reads);
}

} // namespace

const Case taken_cases[1] = {
    {"extent: of one that is taken everything ends as gone, what was under way and what follows", taken},
};

} // namespace disk_tests
