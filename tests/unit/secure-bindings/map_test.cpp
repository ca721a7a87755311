// Binding and unbinding pages of every size: every refusal, and that a refusal changes nothing.
#include "tests/unit/secure-bindings/books.hpp"
#include "tests/unit/secure-bindings/machine.hpp"

#include <doctest/doctest.h>

namespace exo::test {

namespace {

constexpr Rights rw = right::Read | right::Write;
constexpr std::uint64_t base = 0x4000'0000; // 1 GiB

MapRequest page(std::uint64_t address, std::uint64_t frame, Rights rights = rw, Rights most = page_rights) {
    return {address, frame, 1, rights, most, 7, 3};
}

// A processor tree of environment 3 with tables down to 4 KiB at `base` and at 0; more tables from frame 64 on.
struct Bench : Machine {
    explicit Bench(std::uint64_t count = small_machine_frames) : Machine(count) {
        add_tables(tree, base, 1, &next);
        add_tables(tree, 0, 1, &next);
    }
    void refused(Error error, const Tree& where, const MapRequest& request) {
        const Snapshot before = snapshot();
        const Status status = mapping.map(where, request);
        REQUIRE(!status);
        CHECK(error_name(status.error()) == std::string(error_name(error)));
        CHECK(snapshot() == before);
    }
    void in_order() { CHECK(books_problem(frames, kernel_word).value_or("") == ""); }
    Tree tree = processor_tree(2, 3);
    std::uint64_t next = 4;
};

} // namespace

TEST_CASE("a page bound is found again, a page unbound leaves no trace") {
    Bench b;
    const Snapshot before = b.snapshot();
    REQUIRE(b.mapping.map(b.tree, page(base + 0x5000, 1000)).has_value());
    b.in_order();
    const Mapping::Translation there = *b.mapping.translate(b.tree, base + 0x5fff);
    CHECK(there.frame == 1000);
    CHECK(there.level == 1);
    CHECK(there.rights == rw);
    CHECK_FALSE(there.unowned);
    CHECK(b.mapping.translate(b.tree, base + 0x6000).error() == Error::NotBound);
    CHECK(*b.mapping.unmap(b.tree, base + 0x5000) == 1);
    CHECK(b.snapshot() == before);
    CHECK(b.mapping.unmap(b.tree, base + 0x5000).error() == Error::NotBound);
}

TEST_CASE("hardware sees exactly the rights asked") {
    Bench b;
    const struct {
        Rights asked;
        std::uint64_t present, writable, no_execute;
    } rows[] = {
        {0, 0, 0, 1},           {right::Read, 1, 0, 1},    {right::Write, 1, 1, 1},
        {rw, 1, 1, 1},          {right::Execute, 1, 0, 0}, {right::Read | right::Execute, 1, 0, 0},
        {page_rights, 1, 1, 0},
    };
    std::uint64_t address = base;
    for (const auto& row : rows) {
        CAPTURE(row.asked);
        REQUIRE(b.mapping.map(b.tree, page(address, 1000, row.asked)).has_value());
        const std::uint64_t entry = *reach(b.frames, b.tree, address, 1).entry;
        CHECK((entry & 1) == row.present);
        CHECK((entry >> 1 & 1) == row.writable);
        CHECK((entry >> 2 & 1) == row.present); // user
        CHECK((entry >> 63) == row.no_execute);
        CHECK((entry & entry_frame_mask) == 1000 * page_bytes);
        CHECK((entry >> 6 & 1) == row.writable);  // dirty only with writable
        CHECK((entry & page_entry::global) == 0); // never survives a switch
        address += page_bytes;
    }
    CHECK((b.frames.words(b.tree.root)[0] & 7) == 7);
    b.in_order();
}

TEST_CASE("every refusal of map") {
    Bench b;
    REQUIRE(b.mapping.map(b.tree, page(base, 1000)).has_value());
    REQUIRE(b.mapping.add_table(b.tree, base + huge_page_bytes, 2, b.next, 1).has_value());

    b.refused(Error::BadArgument, b.tree, {base, 1000, 0, rw, rw, 7, 3});
    b.refused(Error::BadArgument, b.tree, {base, 1000, 4, rw, rw, 7, 3});
    b.refused(Error::BadAddress, b.tree, page(user_end, 1000));
    b.refused(Error::BadAddress, b.tree, page(0xffff'ff00'0000'0000, 1000));
    b.refused(Error::BadAddress, b.tree, page(~0xfffull, 1000));
    // The last page below the canonical hole is no user's, nor a large page over it.
    b.refused(Error::BadAddress, b.tree, page((1ull << 47) - page_bytes, 1000));
    b.refused(Error::BadAddress, b.tree, {(1ull << 47) - large_page_bytes, 1024, 2, rw, rw, 7, 3});
    b.refused(Error::BadAddress, b.tree, {(1ull << 47) - huge_page_bytes, 0, 3, rw, rw, 7, 3});
    b.refused(Error::Misaligned, b.tree, page(base + 0x1008, 1000));
    b.refused(Error::NoRight, b.tree, page(base + 0x1000, 1000, rw, right::Read));
    b.refused(Error::NoRight, b.tree, page(base + 0x1000, 1000, right::Execute, rw));
    b.refused(Error::NoRight, b.tree, page(base + 0x1000, 1000, right::Write, right::Write)); // brings Read
    b.refused(Error::OutOfRange, b.tree, page(base + 0x1000, small_machine_frames));
    b.refused(Error::OutOfRange, b.tree, page(base + 0x1000, ~0ull));
    b.refused(Error::NoTable, b.tree, page(base + huge_page_bytes, 1000)); // level 1 missing
    b.refused(Error::NoTable, b.tree, page(512 * huge_page_bytes, 1000));  // level 3 missing
    b.refused(Error::Occupied, b.tree, page(base, 1001));
    b.refused(Error::InUse, b.tree, page(base + 0x1000, 2)); // a table
    b.refused(Error::InUse, b.tree, page(base + 0x1000, 3)); // its ledger
    b.frames.declare(1005, FrameType::Kernel);
    b.refused(Error::InUse, b.tree, page(base + 0x1000, 1005));
    b.frames.declare(1006, FrameType::Absent);
    b.refused(Error::InUse, b.tree, page(base + 0x1000, 1006));
}

TEST_CASE("a frame has at most mappings_per_frame_max mappings, and any of them may go") {
    Bench b;
    for (std::size_t i = 0; i < mappings_per_frame_max; ++i) {
        REQUIRE(b.mapping.map(b.tree, page(base + i * page_bytes, 1000)).has_value());
    }
    b.in_order();
    b.refused(Error::TableFull, b.tree, page(base + mappings_per_frame_max * page_bytes, 1000));
    // Middle, first and last made.
    for (const std::size_t i : {std::size_t{30}, std::size_t{0}, mappings_per_frame_max - 1}) {
        CHECK(b.mapping.unmap(b.tree, base + i * page_bytes).has_value());
        b.in_order();
    }
    CHECK(b.mapping.map(b.tree, page(base, 1000)).has_value());
    b.in_order();
}

TEST_CASE("pages of 2 MiB and of 1 GiB") {
    Bench b(huge_machine_frames);
    const Snapshot before = b.snapshot();
    const MapRequest large{2 * large_page_bytes + base, 1024, 2, rw, page_rights, 7, 3};
    const MapRequest huge{4 * huge_page_bytes, frames_per_huge, 3, right::Read, page_rights, 8, 3};
    REQUIRE(b.mapping.map(b.tree, large).has_value());
    REQUIRE(b.mapping.map(b.tree, huge).has_value());
    b.in_order();
    CHECK((*reach(b.frames, b.tree, large.address, 1).entry & page_entry::large) != 0);
    CHECK(b.mapping.translate(b.tree, large.address + 0x12345)->frame == 1024 + 0x12);
    CHECK(b.mapping.translate(b.tree, large.address)->level == 2);
    CHECK(b.mapping.translate(b.tree, huge.address + 0x1234'5678)->frame == frames_per_huge + 0x12345);
    CHECK(b.mapping.translate(b.tree, huge.address)->level == 3);

    // The same frames as small pages beside.
    REQUIRE(b.mapping.map(b.tree, page(base, 1030)).has_value());
    b.in_order();
    CHECK(b.mapping.unmap(b.tree, base).has_value());

    // No table over a large page, no small page into it, no second page on it.
    b.refused(Error::Occupied, b.tree, page(large.address + 0x1000, 2000));
    b.refused(Error::Occupied, b.tree, large);
    CHECK(b.mapping.add_table(b.tree, large.address, 1, 5000, 1).error() == Error::Occupied);
    CHECK(b.mapping.add_table(b.tree, huge.address, 2, 5000, 1).error() == Error::Occupied);
    CHECK(b.mapping.add_table(b.tree, huge.address, 1, 5000, 1).error() == Error::Occupied);
    // No large page where a table is.
    b.refused(Error::Occupied, b.tree, {base, 1024, 2, rw, page_rights, 7, 3});

    const Snapshot with = b.snapshot();
    CHECK(b.mapping.unmap(b.tree, large.address + 0x1000).error() == Error::Misaligned);
    CHECK(b.mapping.unmap(b.tree, large.address, 1).error() == Error::NotBound);
    CHECK(b.mapping.unmap(b.tree, huge.address + large_page_bytes).error() == Error::Misaligned);
    CHECK(b.snapshot() == with);
    CHECK(*b.mapping.unmap(b.tree, large.address, 2) == 2);
    CHECK(*b.mapping.unmap(b.tree, huge.address) == 3);
    CHECK(b.snapshot() == before);
}

TEST_CASE("a large page covers Data only, aligned, within memory") {
    Bench b(huge_machine_frames);
    const auto large = [](std::uint64_t address, std::uint64_t frame) {
        return MapRequest{address, frame, 2, rw, rw, 7, 3};
    };
    const auto huge = [](std::uint64_t address, std::uint64_t frame) {
        return MapRequest{address, frame, 3, rw, rw, 7, 3};
    };
    b.refused(Error::Misaligned, b.tree, large(base + large_page_bytes, 1025));
    b.refused(Error::Misaligned, b.tree, large(base + large_page_bytes + page_bytes, 1024));
    b.refused(Error::Misaligned, b.tree, huge(2 * huge_page_bytes, frames_per_huge + 512));
    b.refused(Error::Misaligned, b.tree, huge(2 * huge_page_bytes + large_page_bytes, frames_per_huge));
    b.refused(Error::InUse, b.tree, large(base + large_page_bytes, 0)); // holds the tables
    b.refused(Error::InUse, b.tree, huge(2 * huge_page_bytes, 0));
    b.frames.declare(1024 + 511, FrameType::Kernel);
    b.refused(Error::InUse, b.tree, large(base + large_page_bytes, 1024));
    b.frames.declare(frames_per_huge + 77777, FrameType::Absent);
    b.refused(Error::InUse, b.tree, huge(2 * huge_page_bytes, frames_per_huge));
    // The last regions are not whole.
    b.refused(Error::InUse, b.tree, large(base + large_page_bytes, huge_machine_frames / 512 * 512));
    b.refused(Error::InUse, b.tree, huge(2 * huge_page_bytes, 2 * frames_per_huge));
    b.refused(Error::OutOfRange, b.tree, huge(2 * huge_page_bytes, 3 * frames_per_huge));
}

TEST_CASE("a frame under a mapping of any size is not retyped") {
    Bench b(huge_machine_frames);
    REQUIRE(b.mapping.map(b.tree, page(base, 3000)).has_value());
    REQUIRE(b.mapping.map(b.tree, {base + large_page_bytes, 1024, 2, 0, 0, 7, 3}).has_value()); // even without rights
    REQUIRE(b.mapping.map(b.tree, {2 * huge_page_bytes, frames_per_huge, 3, rw, rw, 7, 3}).has_value());
    const Snapshot before = b.snapshot();
    for (const std::uint64_t frame : {std::uint64_t{3000}, std::uint64_t{1024}, std::uint64_t{1030},
                                      std::uint64_t{1534}, frames_per_huge, frames_per_huge + 123456}) {
        CAPTURE(frame);
        CHECK(b.frames.retype(frame, FrameType::VcoreState, 1, 0).error() == Error::InUse);
        CHECK(b.mapping.add_table(b.tree, 3 * huge_page_bytes, 2, frame, 1).error() == Error::InUse);
        CHECK(b.mapping.make_root(FrameType::PageTable, frame, 4, 4, 1).error() == Error::InUse);
    }
    CHECK(b.snapshot() == before);
}

TEST_CASE("addresses outside a tree translate to nothing") {
    Bench b;
    CHECK(b.mapping.translate(b.tree, user_end).error() == Error::BadAddress);
    CHECK(b.mapping.translate(b.tree, ~0ull).error() == Error::BadAddress);
    CHECK(b.mapping.translate(b.tree, user_end - 1).error() == Error::NotBound);
    CHECK(b.mapping.unmap(b.tree, user_end).error() == Error::BadAddress);
    CHECK(b.mapping.unmap(b.tree, ~0xfffull).error() == Error::BadAddress);
}

} // namespace exo::test
