// Runs of pages: across tables, over pages of several sizes, and stopping where they must.
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
    void in_order() { CHECK(books_problem(frames, kernel_word).value_or("") == ""); }
    Tree tree = processor_tree(2, 3);
    std::uint64_t next = 4;
};

} // namespace

TEST_CASE("a run of pages crosses tables and stops where it must") {
    Bench b;
    b.add_tables(b.tree, base + large_page_bytes, 1, &b.next);
    const std::uint64_t start = base + large_page_bytes - 10 * page_bytes;
    const Snapshot before = b.snapshot();
    Mapping::MapRun run = b.mapping.map_run(b.tree, page(start, 1000), 100);
    CHECK(run.status.has_value());
    CHECK(run.done == 100);
    b.in_order();
    for (std::uint64_t i = 0; i < 100; ++i) {
        CHECK(b.mapping.translate(b.tree, start + i * page_bytes)->frame == 1000 + i);
    }
    Mapping::UnmapRun back = b.mapping.unmap_run(b.tree, start, 100);
    CHECK(back.status.has_value());
    CHECK(back.done == 100);
    CHECK(b.snapshot() == before);

    REQUIRE(b.mapping.map(b.tree, page(start + 20 * page_bytes, 2000)).has_value());
    run = b.mapping.map_run(b.tree, page(start, 1000), 100);
    CHECK(run.done == 20);
    CHECK(run.status.error() == Error::Occupied);
    back = b.mapping.unmap_run(b.tree, start, 100);
    CHECK(back.done == 21);
    CHECK(back.status.error() == Error::NotBound);
    CHECK(b.snapshot() == before);

    run = b.mapping.map_run(b.tree, page(base + 2 * large_page_bytes - 5 * page_bytes, 1000), 100);
    CHECK(run.done == 5);
    CHECK(run.status.error() == Error::NoTable);
    CHECK(b.mapping.unmap_run(b.tree, base + 2 * large_page_bytes - 5 * page_bytes, 5).status.has_value());
    run = b.mapping.map_run(b.tree, page(start, small_machine_frames - 3), 100);
    CHECK(run.done == 3);
    CHECK(run.status.error() == Error::OutOfRange);
    CHECK(b.mapping.unmap_run(b.tree, start, 3).status.has_value());
    CHECK(b.mapping.map_run(b.tree, page(start, 1000), 0).status.has_value());
    CHECK(b.snapshot() == before);
}

TEST_CASE("runs end at the end of user addresses") {
    Bench b;
    const std::uint64_t last = user_end - page_bytes;
    b.add_tables(b.tree, last, 1, &b.next);
    const Mapping::MapRun run = b.mapping.map_run(b.tree, page(last - page_bytes, 1000), ~0ull);
    CHECK(run.done == 2);
    CHECK(run.status.error() == Error::BadAddress);
    b.in_order();
    const Mapping::ProtectRun change = b.mapping.protect_run(b.tree, last - page_bytes, ~0ull, right::Read);
    CHECK(change.done == 2);
    CHECK(change.status.error() == Error::BadAddress);
    const Mapping::UnmapRun back = b.mapping.unmap_run(b.tree, last - page_bytes, ~0ull);
    CHECK(back.done == 2);
    CHECK(back.status.error() == Error::BadAddress);
    b.in_order();
}

TEST_CASE("a run over pages of several sizes takes large ones whole or not at all") {
    Bench b;
    const MapRequest large{base + large_page_bytes, 1024, 2, rw, rw, 7, 3};
    REQUIRE(b.mapping.map(b.tree, large).has_value());
    const std::uint64_t start = large.address - 4 * page_bytes;
    REQUIRE(b.mapping.map_run(b.tree, page(start, 2000), 4).done == 4);
    const Snapshot before = b.snapshot();

    CHECK(b.mapping.unmap_run(b.tree, large.address + page_bytes, 1024).status.error() == Error::Misaligned);
    CHECK(b.mapping.unmap_run(b.tree, large.address, 511).status.error() == Error::Misaligned);
    CHECK(b.mapping.unmap_run(b.tree, large.address + 1, 512).status.error() == Error::Misaligned);
    CHECK(b.mapping.unmap_run(b.tree, user_end, 512).status.error() == Error::BadAddress);
    CHECK(b.snapshot() == before);

    const Mapping::UnmapRun some = b.mapping.unmap_run(b.tree, start, 4 + 511);
    CHECK(some.done == 4);
    CHECK(some.status.error() == Error::Misaligned);
    const Mapping::UnmapRun rest = b.mapping.unmap_run(b.tree, large.address, 512);
    CHECK(rest.done == 512);
    CHECK(rest.status.has_value());
    b.in_order();
    CHECK(b.mapping.translate(b.tree, large.address).error() == Error::NotBound);
}

TEST_CASE("large pages in a run") {
    Bench b;
    const MapRequest request{base + large_page_bytes, 1024, 2, rw, rw, 7, 3};
    const Mapping::MapRun run = b.mapping.map_run(b.tree, request, 100);
    CHECK(run.done == 6); // frames 1024 to 4095
    CHECK(run.status.error() == Error::OutOfRange);
    b.in_order();
    CHECK(b.mapping.unmap_run(b.tree, request.address, 6 * 512).done == 6 * 512);
    b.in_order();
}

} // namespace exo::test
