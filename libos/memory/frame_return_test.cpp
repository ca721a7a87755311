// Memory that is asked back, and memory that was taken.
#include "libos/memory/address_space_fixture.hpp"

#include <set>
#include <vector>

using namespace exo;

TEST_CASE("a run that is asked back drains and then goes") {
    Fixture f;
    constexpr std::uint64_t first = 1u << 20, count = 1024;
    void* memory = mmap(frame_memory(first), count * page_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    REQUIRE(memory == frame_memory(first));
    const FrameStatistics before = frames().statistics();
    REQUIRE(frames().add_zone(78, first, count, first));
    CHECK(frames().statistics().total == before.total + count);
    // All of the older run, then one page of the new one.
    std::vector<std::uint64_t> taken;
    while (auto frame = frames().allocate(order_4k)) {
        taken.push_back(*frame);
        if (*frame >= first)
            break;
    }
    REQUIRE(taken.back() >= first);
    CHECK(!frames().give_back(77)); // the first run holds the image
    CHECK(!frames().give_back(78));
    CHECK(!frames().allocate(order_4k)); // nothing more of the new one
    CHECK(f.kernel->dropped.empty());
    frames().free(taken.back());
    taken.pop_back();
    CHECK(f.kernel->dropped == std::set<Handle>{78});
    CHECK(frames().statistics().total == before.total);
    for (const std::uint64_t frame : taken)
        frames().free(frame);
    CHECK(frames().statistics().free == before.free);
    // Free as a whole, it goes at once; its place can be had again.
    REQUIRE(frames().add_zone(79, first, count, first));
    CHECK(frames().give_back(79));
    CHECK(f.kernel->dropped.contains(79));
    CHECK(frames().handle_of(first) == no_handle);
    munmap(memory, count * page_bytes);
}

TEST_CASE("frames that were taken leave a hole, not a fault without end") {
    Fixture f;
    const auto address = f.space->map({.bytes = 64 * kib, .page_order = order_4k});
    REQUIRE(address);
    const std::uint64_t frame = *f.space->physical(*address + 20 * kib) / page_bytes;
    f.kernel->pages.erase(*address + 20 * kib);
    CHECK(f.space->handle_fault(*address + 20 * kib, Access::Read) == FaultResult::Resolved); // as far as it knows
    f.space->forget_frames(frame, 1);
    CHECK(f.space->handle_fault(*address + 20 * kib, Access::Read) == FaultResult::NotMapped);
    CHECK(f.space->handle_fault(*address + 16 * kib, Access::Read) == FaultResult::Resolved);
    CHECK(f.space->statistics().regions == 2);
    CHECK(f.space->statistics().pages.pages[0] == 15);
    REQUIRE(f.space->unmap(*address, 64 * kib));
    frames().free(frame);
    CHECK(f.used() == 0);
}
