// The address space against a model of the kernel, with real frames: host memory stands where the direct map is.
#include "libos/memory/address_space_fixture.hpp"

#include <set>

using namespace exo;

namespace exo {
KernelTables& machine_tables() {
    return *kernel_now;
}
} // namespace exo

TEST_CASE("eager memory is there, zeroed, with large pages in the middle") {
    Fixture f;
    const auto address = f.space->map({.bytes = 5 * mib});
    REQUIRE(address);
    CHECK(*address % large_page_bytes == 0);
    CHECK(f.space->statistics().pages.pages[1] == 2);
    CHECK(f.space->statistics().pages.pages[0] == 256);
    CHECK(f.all_zero(*address, 5 * mib));
    CHECK(f.used() == 5 * mib / page_bytes);
    REQUIRE(f.space->unmap(*address, 5 * mib));
    CHECK(f.used() == 0);
    CHECK(f.kernel->pages.empty());
    CHECK(f.space->statistics().regions == 0);
}

TEST_CASE("mappings side by side begin at different pages and lose no large page") {
    Fixture f;
    constexpr std::uint64_t bytes = 5 * mib;
    std::set<std::uint64_t> places;
    for (int i = 0; i < 8; i++) {
        const auto address = f.space->map({.bytes = bytes});
        REQUIRE(address);
        places.insert(*address / page_bytes % 512);
        const std::uint64_t aligned = (*address + large_page_bytes - 1) & ~(large_page_bytes - 1);
        CHECK((*address + bytes - aligned) / large_page_bytes == 2);
    }
    CHECK(places.size() == 8);
    // What is whole large pages stays so.
    const auto whole = f.space->map({.bytes = 4 * mib});
    REQUIRE(whole);
    CHECK(*whole % large_page_bytes == 0);
}

TEST_CASE("a reserved range gets memory when it gets rights") {
    Fixture f;
    const auto address = f.space->map({.bytes = mib, .rights = 0});
    REQUIRE(address);
    CHECK(f.used() == 0);
    REQUIRE(f.space->protect(*address + 64 * kib, 128 * kib, right::Read | right::Write));
    CHECK(f.used() == 32);
    CHECK(f.all_zero(*address + 64 * kib, 128 * kib));
    REQUIRE(f.space->protect(*address + 64 * kib, 128 * kib, 0));
    CHECK(f.used() == 32);
    CHECK(f.kernel->page_at(*address + 64 * kib)->rights == 0);
    CHECK(f.space->statistics().regions == 1);
    REQUIRE(f.space->unmap(*address, mib));
    CHECK(f.used() == 0);
}

TEST_CASE("demand-zero memory comes in at a touch, within its rights") {
    Fixture f;
    const auto address = f.space->map({.bytes = mib, .rights = right::Read, .backing = Backing::DemandZero});
    REQUIRE(address);
    CHECK(f.space->handle_fault(*address + 5000, Access::Write) == FaultResult::NotAllowed);
    CHECK(f.space->handle_fault(*address + 5000, Access::Execute) == FaultResult::NotAllowed);
    CHECK(f.space->handle_fault(*address + 5000, Access::Read) == FaultResult::Resolved);
    CHECK(f.used() == 1);
    CHECK(f.all_zero(*address + 4096, page_bytes));
    CHECK(f.kernel->page_at(*address + 4096)->rights == right::Read);
    CHECK(f.space->handle_fault(*address + mib, Access::Read) == FaultResult::NotMapped);
    CHECK(f.space->handle_fault(*address + 5000, Access::Read) ==
          FaultResult::Resolved); // again: another vcore was first
    CHECK(f.used() == 1);
    f.at(*address + 4096)[0] = std::byte{1};
    REQUIRE(f.space->discard(*address, mib));
    CHECK(f.used() == 0);
    REQUIRE(f.space->populate(*address, mib));
    CHECK(f.used() == mib / page_bytes);
    CHECK(f.all_zero(*address, mib));
    REQUIRE(f.space->unmap(*address, mib));
}

TEST_CASE("demand-zero memory comes in by growing blocks for a sweep, page by page for scattered touches") {
    Fixture f;
    const auto address =
        f.space->map({.bytes = mib, .backing = Backing::DemandZero, .page_order = order_4k, .alignment = mib});
    REQUIRE(address);
    const auto touch = [&](std::uint64_t page) {
        REQUIRE(f.space->handle_fault(*address + page * page_bytes + 8, Access::Write) == FaultResult::Resolved);
        return f.used();
    };
    // Upwards: what is in place doubles, up to 16 pages at a time.
    for (const std::uint64_t page : {0, 1, 2, 4, 8, 16, 32, 48})
        CHECK(touch(page) == (page < 2 ? page + 1 : page < 16 ? 2 * page : page + 16));
    CHECK(f.all_zero(*address, 64 * page_bytes));
    CHECK(f.space->statistics().pages.pages[0] == 64);
    // Downwards from the end, as a stack; a block never reaches over a page that is there.
    CHECK(touch(255) == 65);
    CHECK(touch(254) == 66);
    CHECK(touch(253) == 68);
    CHECK(touch(250) == 72);
    // Alone.
    CHECK(touch(130) == 73);
    CHECK(touch(140) == 74);
    // What one block brought in can go page by page.
    REQUIRE(f.space->unmap(*address + 33 * page_bytes, page_bytes));
    CHECK(f.used() == 73);
    REQUIRE(f.space->unmap(*address, mib));
    CHECK(f.used() == 0);
}

TEST_CASE("a demand-zero region with large granules brings in 2 MiB at once") {
    Fixture f;
    const auto address =
        f.space->map({.bytes = 4 * mib, .backing = Backing::DemandZero, .page_order = order_2m, .alignment = 2 * mib});
    REQUIRE(address);
    CHECK(f.space->handle_fault(*address + 3 * mib, Access::Write) == FaultResult::Resolved);
    CHECK(f.space->statistics().pages.pages[1] == 1);
    CHECK(f.used() == 512);
    REQUIRE(f.space->unmap(*address, 4 * mib));
    CHECK(f.used() == 0);
}

TEST_CASE("unmapping a part of a large page leaves the rest") {
    Fixture f;
    const auto address = f.space->map({.bytes = 2 * mib});
    REQUIRE(address);
    f.at(*address + mib)[0] = std::byte{7};
    REQUIRE(f.space->unmap(*address + 4096, 8192));
    CHECK(f.used() == 510);
    CHECK(!f.kernel->page_at(*address + 4096));
    CHECK(f.at(*address + mib)[0] == std::byte{7});
    CHECK(f.kernel->page_at(*address)->rights == (right::Read | right::Write));
    REQUIRE(f.space->unmap(*address, 2 * mib));
    CHECK(f.used() == 0);
}

TEST_CASE("placements: hint, fixed, and fixed without replacing") {
    Fixture f;
    constexpr std::uint64_t place = 0x2000'0000'0000ull;
    REQUIRE(f.space->map({.address = place, .bytes = 64 * kib, .placement = Placement::FixedNoReplace}));
    CHECK(f.space->map({.address = place, .bytes = 4096, .placement = Placement::FixedNoReplace}).error() ==
          Error::Occupied);
    const auto hinted = f.space->map({.address = place, .bytes = 4096, .placement = Placement::Hint});
    REQUIRE(hinted);
    CHECK(*hinted != place);
    f.at(place + 8192)[0] = std::byte{9};
    const auto fixed = f.space->map({.address = place + 8192, .bytes = 4096, .placement = Placement::Fixed});
    REQUIRE(fixed);
    CHECK(f.all_zero(place + 8192, page_bytes));
    CHECK(f.used() == 17);
    CHECK(f.space->map({.address = place + 1, .bytes = 4096, .placement = Placement::Fixed}).error() ==
          Error::BadArgument);
    CHECK(f.space->map({.address = user_end - 4096, .bytes = 8192, .placement = Placement::Fixed}).error() ==
          Error::BadArgument);
    CHECK(f.space->map({.bytes = 0}).error() == Error::BadArgument);
    REQUIRE(f.space->unmap(place, 64 * kib));
    REQUIRE(f.space->unmap(*hinted, 4096));
    CHECK(f.used() == 0);
}

TEST_CASE("when there is not enough memory nothing stays behind") {
    Fixture f;
    CHECK(f.space->map({.bytes = (frame_count + 1) * page_bytes}).error() == Error::TableFull);
    CHECK(f.used() == 0);
    CHECK(f.kernel->pages.empty());
    CHECK(f.space->statistics().regions == 0);
    CHECK(f.space->map({.bytes = 3 * mib, .page_order = order_2m, .require_page_order = true}).error() ==
          Error::BadArgument);
}

TEST_CASE("remap grows in place, moves without copying, shrinks") {
    Fixture f;
    constexpr std::uint64_t place = 0x2000'0000'0000ull;
    REQUIRE(f.space->map({.address = place, .bytes = 2 * mib, .placement = Placement::Fixed}));
    const std::uint64_t frame = f.kernel->page_at(place)->frame;
    f.at(place)[5] = std::byte{42};
    auto grown = f.space->remap(place, 2 * mib, 4 * mib, AddressSpace::Move::Forbidden);
    REQUIRE(grown);
    CHECK(*grown == place);
    CHECK(f.all_zero(place + 2 * mib, 2 * mib));
    REQUIRE(f.space->map({.address = place + 4 * mib, .bytes = 4096, .placement = Placement::Fixed}));
    CHECK(f.space->remap(place, 4 * mib, 6 * mib, AddressSpace::Move::Forbidden).error() == Error::TableFull);
    auto moved = f.space->remap(place, 4 * mib, 6 * mib, AddressSpace::Move::Allowed);
    REQUIRE(moved);
    CHECK(*moved != place);
    CHECK(f.kernel->page_at(*moved)->frame == frame);
    CHECK(f.at(*moved)[5] == std::byte{42});
    CHECK(f.all_zero(*moved + 4 * mib, 2 * mib));
    CHECK(!f.kernel->page_at(place));
    auto shrunk = f.space->remap(*moved, 6 * mib, 64 * kib, AddressSpace::Move::Forbidden);
    REQUIRE(shrunk);
    CHECK(f.used() == 16 + 1);
    auto fixed = f.space->remap(*moved, 64 * kib, 64 * kib, AddressSpace::Move::Fixed, place + 4 * mib);
    REQUIRE(fixed);
    CHECK(*fixed == place + 4 * mib);
    CHECK(f.at(*fixed)[5] == std::byte{42});
    CHECK(f.used() == 16);
    CHECK(f.space->remap(place, 4096, 8192, AddressSpace::Move::Allowed).error() == Error::NotBound);
    REQUIRE(f.space->unmap(place, 8 * mib));
    CHECK(f.used() == 0);
}

TEST_CASE("copy-on-write: both sides see the old contents until one writes") {
    Fixture f;
    const auto source = f.space->map({.bytes = 2 * mib});
    REQUIRE(source);
    for (std::uint64_t page = 0; page < 512; ++page)
        f.at(*source + page * page_bytes)[0] = static_cast<std::byte>(page);
    const auto copy = f.space->copy_on_write(*source, 64 * kib, {});
    REQUIRE(copy);
    CHECK(f.used() == 512);
    CHECK(f.kernel->page_at(*copy + 4096)->frame == f.kernel->page_at(*source + 4096)->frame);
    CHECK(f.kernel->page_at(*source + 4096)->rights == right::Read);
    CHECK(f.kernel->page_at(*source + 64 * kib)->rights == (right::Read | right::Write));

    CHECK(f.space->handle_fault(*copy + 4096, Access::Write) == FaultResult::Resolved);
    CHECK(f.used() == 513);
    CHECK(f.at(*copy + 4096)[0] == std::byte{1});
    f.at(*copy + 4096)[0] = std::byte{99};
    CHECK(f.at(*source + 4096)[0] == std::byte{1});
    // The source is the only one left: it keeps its frame.
    const std::uint64_t frame = f.kernel->page_at(*source + 4096)->frame;
    CHECK(f.space->handle_fault(*source + 4096, Access::Write) == FaultResult::Resolved);
    CHECK(f.kernel->page_at(*source + 4096)->frame == frame);
    CHECK(f.kernel->page_at(*source + 4096)->rights == (right::Read | right::Write));
    CHECK(f.used() == 513);
    // Protecting does not make shared pages writable.
    REQUIRE(f.space->protect(*copy, 64 * kib, right::Read | right::Write));
    CHECK(f.kernel->page_at(*copy + 8192)->rights == right::Read);
    REQUIRE(f.space->unmap(*source, 2 * mib));
    CHECK(f.used() == 16);
    CHECK(f.at(*copy + 8192)[0] == std::byte{2});
    REQUIRE(f.space->unmap(*copy, 64 * kib));
    CHECK(f.used() == 0);
}

TEST_CASE("protecting single pages back and forth leaves one region") {
    Fixture f;
    const auto address = f.space->map({.bytes = 400 * kib, .page_order = order_4k});
    REQUIRE(address);
    for (std::uint64_t page = 0; page < 100; ++page)
        REQUIRE(f.space->protect(*address + page * page_bytes, page_bytes, right::Read));
    CHECK(f.space->statistics().regions == 1);
    for (std::uint64_t page = 0; page < 100; page += 2)
        REQUIRE(f.space->protect(*address + page * page_bytes, page_bytes, right::Read | right::Write));
    CHECK(f.space->statistics().regions == 100);
    for (std::uint64_t page = 0; page < 100; ++page)
        CHECK(f.kernel->page_at(*address + page * page_bytes)->rights ==
              (page % 2 ? right::Read : right::Read | right::Write));
    REQUIRE(f.space->protect(*address, 400 * kib, right::Read | right::Write));
    CHECK(f.space->statistics().regions == 1);
    CHECK(f.space->protect(*address, 404 * kib, right::Read).error() == Error::NotBound);
    CHECK(f.kernel->page_at(*address)->rights == (right::Read | right::Write));
    REQUIRE(f.space->unmap(*address, 400 * kib));
}

TEST_CASE("physical addresses and ranges are answered") {
    Fixture f;
    const auto address = f.space->map({.bytes = 8192, .page_order = order_4k});
    REQUIRE(address);
    const auto physical = f.space->physical(*address + 4100);
    REQUIRE(physical);
    CHECK(*physical == f.kernel->page_at(*address + 4096)->frame * page_bytes + 4);
    CHECK(f.space->allows(*address, 8192, right::Write));
    CHECK(!f.space->allows(*address, 8193, right::Read));
    CHECK(!f.space->allows(*address, 10, right::Execute));
    CHECK(f.space->physical(*address + 8192).error() == Error::NotBound);
    REQUIRE(f.space->unmap(*address, 8192));
}
