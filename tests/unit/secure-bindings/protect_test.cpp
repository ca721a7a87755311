// Changing rights: within the ledger only, telling when hardware may hold too much.
#include "tests/unit/secure-bindings/books.hpp"
#include "tests/unit/secure-bindings/machine.hpp"

#include <doctest/doctest.h>

namespace exo::test {

namespace {

constexpr Rights rw = right::Read | right::Write;
constexpr std::uint64_t base = 0x20'0000;

struct Bench : Machine {
    Bench() {
        for (const std::uint64_t address : {base, base + large_page_bytes}) {
            add_tables(tree, address, 1, &next);
        }
    }
    void put(std::uint64_t address, Rights rights, Rights most, std::uint64_t frame = 1000) {
        REQUIRE(mapping.map(tree, {address, frame, 1, rights, most, 7, 3}).has_value());
    }
    Rights seen(std::uint64_t address) { return mapping.translate(tree, address)->rights; }
    void in_order() { CHECK(books_problem(frames, kernel_word).value_or("") == ""); }
    Tree tree = processor_tree(2, 3);
    std::uint64_t next = 4;
};

// Whether going from one to the other takes something away.
bool loses(Rights from, Rights to) {
    const Rights had = joined_rights(FrameType::PageTable, from);
    return (had & ~joined_rights(FrameType::PageTable, to)) != 0;
}

} // namespace

TEST_CASE("every change of rights, and whether it narrows") {
    Bench b;
    for (Rights from = 0; from < 8; ++from) {
        for (Rights to = 0; to < 8; ++to) {
            CAPTURE(from);
            CAPTURE(to);
            b.put(base, from, page_rights);
            const Result<bool> one = b.mapping.protect(b.tree, base, to);
            REQUIRE(one.has_value());
            CHECK(*one == loses(from, to));
            CHECK(b.seen(base) == joined_rights(FrameType::PageTable, to));
            const Mapping::ProtectRun run = b.mapping.protect_run(b.tree, base, 1, from);
            CHECK(run.status.has_value());
            CHECK(run.done == 1);
            CHECK(run.narrowed == loses(to, from));
            CHECK(b.seen(base) == joined_rights(FrameType::PageTable, from));
            b.in_order();
            // The entry is as if made so.
            const std::uint64_t entry = *reach(b.frames, b.tree, base, 1).entry;
            REQUIRE(b.mapping.unmap(b.tree, base).has_value());
            b.put(base, from, page_rights);
            CHECK(*reach(b.frames, b.tree, base, 1).entry == entry);
            REQUIRE(b.mapping.unmap(b.tree, base).has_value());
        }
    }
}

TEST_CASE("never more than the capability allowed") {
    Bench b;
    b.put(base, 0, right::Read);
    b.put(base + page_bytes, right::Read, rw);
    b.put(base + 2 * page_bytes, right::Read, right::Read | right::Execute);
    b.put(base + 3 * page_bytes, 0, 0);
    const Snapshot before = b.snapshot();
    CHECK(b.mapping.protect(b.tree, base, rw).error() == Error::NoRight);
    CHECK(b.mapping.protect(b.tree, base, right::Write).error() == Error::NoRight);
    CHECK(b.mapping.protect(b.tree, base + page_bytes, right::Execute).error() == Error::NoRight);
    CHECK(b.mapping.protect(b.tree, base + 2 * page_bytes, right::Write).error() == Error::NoRight);
    CHECK(b.mapping.protect(b.tree, base + 3 * page_bytes, right::Read).error() == Error::NoRight);
    CHECK(b.mapping.protect_run(b.tree, base, 4, rw).status.error() == Error::NoRight);
    CHECK(b.snapshot() == before);
    CHECK(b.mapping.protect(b.tree, base + page_bytes, rw).has_value());
    // Rights that pages do not have say nothing.
    CHECK(b.mapping.protect(b.tree, base, right::Read | right::Dma | right::Grant).has_value());
    CHECK(b.seen(base) == right::Read);
}

TEST_CASE("a page without rights keeps its frame and comes back") {
    Bench b;
    b.put(base, rw, rw);
    CHECK(*b.mapping.protect(b.tree, base, 0) == true);
    CHECK((*reach(b.frames, b.tree, base, 1).entry & page_entry::present) == 0);
    CHECK(b.mapping.translate(b.tree, base)->frame == 1000);
    CHECK(b.seen(base) == 0);
    CHECK(b.mapping.map(b.tree, {base, 1001, 1, rw, rw, 7, 3}).error() == Error::Occupied);
    CHECK(b.frames.retype(1000, FrameType::VcoreState, 1, 0).error() == Error::InUse);
    b.in_order();
    CHECK(*b.mapping.protect(b.tree, base, rw) == false);
    CHECK(b.seen(base) == rw);
    CHECK(*b.mapping.protect(b.tree, base, 0) == true);
    CHECK(*b.mapping.unmap(b.tree, base) == 1);
    b.in_order();
}

TEST_CASE("a run crosses tables, stops where it must and says how far it came") {
    Bench b;
    const std::uint64_t start = base + large_page_bytes - 50 * page_bytes;
    REQUIRE(b.mapping.map_run(b.tree, {start, 1000, 1, rw, rw, 7, 3}, 100).done == 100);
    Mapping::ProtectRun run = b.mapping.protect_run(b.tree, start, 100, right::Read);
    CHECK(run.done == 100);
    CHECK(run.narrowed);
    CHECK(run.status.has_value());
    for (std::uint64_t i = 0; i < 100; ++i) {
        CHECK(b.seen(start + i * page_bytes) == right::Read);
    }
    run = b.mapping.protect_run(b.tree, start, 100, rw);
    CHECK(run.done == 100);
    CHECK_FALSE(run.narrowed);
    b.in_order();

    run = b.mapping.protect_run(b.tree, start, 101, right::Read);
    CHECK(run.done == 100);
    CHECK(run.narrowed);
    CHECK(run.status.error() == Error::NotBound);

    REQUIRE(b.mapping.unmap(b.tree, start + 70 * page_bytes).has_value());
    b.put(start + 70 * page_bytes, right::Read, right::Read, 3000);
    run = b.mapping.protect_run(b.tree, start, 100, rw);
    CHECK(run.done == 70);
    CHECK(run.status.error() == Error::NoRight);
    CHECK(b.seen(start + 69 * page_bytes) == rw);
    CHECK(b.seen(start + 70 * page_bytes) == right::Read);
    CHECK(b.seen(start + 71 * page_bytes) == right::Read);
    b.in_order();

    const Snapshot before = b.snapshot();
    CHECK(b.mapping.protect_run(b.tree, start, 0, 0).done == 0);
    CHECK(b.mapping.protect_run(b.tree, start + 1, 1, 0).status.error() == Error::Misaligned);
    CHECK(b.mapping.protect_run(b.tree, user_end, 1, 0).status.error() == Error::BadAddress);
    CHECK(b.mapping.protect_run(b.tree, ~0xfffull, 1, 0).status.error() == Error::BadAddress);
    CHECK(b.mapping.protect_run(b.tree, 1ull << 40, 1, 0).status.error() == Error::NotBound);
    CHECK(b.mapping.protect(b.tree, user_end, 0).error() == Error::BadAddress);
    CHECK(b.mapping.protect(b.tree, 1ull << 40, 0).error() == Error::NotBound);
    CHECK(b.mapping.protect(b.tree, start + 8, 0).error() == Error::Misaligned);
    CHECK(b.snapshot() == before);
}

TEST_CASE("a run stops at a hole and at a refusal wherever it lies") {
    for (std::uint64_t place = 0; place < 24; ++place) {
        for (const Rights to : {Rights{0}, Rights{right::Read}, rw}) {
            for (const bool hole : {false, true}) {
                CAPTURE(place);
                CAPTURE(to);
                CAPTURE(hole);
                Bench b;
                REQUIRE(b.mapping.map_run(b.tree, {base, 1000, 1, right::Read, rw, 7, 3}, 24).done == 24);
                const std::uint64_t odd = base + place * page_bytes;
                REQUIRE(b.mapping.unmap(b.tree, odd).has_value());
                if (!hole) {
                    b.put(odd, 0, 0, 3000); // of a capability that allows nothing
                }
                const bool allowed = !hole && to == 0;
                const Mapping::ProtectRun run = b.mapping.protect_run(b.tree, base, 24, to);
                CHECK(run.done == (allowed ? 24 : place));
                CHECK(run.status.has_value() == allowed);
                if (!allowed) {
                    CHECK(run.status.error() == (hole ? Error::NotBound : Error::NoRight));
                }
                for (std::uint64_t i = 0; i < 24; ++i) {
                    if (i != place) {
                        CHECK(b.seen(base + i * page_bytes) == (i < run.done ? to : Rights{right::Read}));
                    }
                }
                b.in_order();
            }
        }
    }
}

TEST_CASE("one page that loses Execute among many is told") {
    Bench b;
    REQUIRE(b.mapping.map_run(b.tree, {base, 1000, 1, right::Read, page_rights, 7, 3}, 64).done == 64);
    CHECK_FALSE(b.mapping.protect_run(b.tree, base, 64, right::Read).narrowed);
    REQUIRE(b.mapping.protect(b.tree, base + 40 * page_bytes, page_rights).has_value());
    CHECK_FALSE(b.mapping.protect_run(b.tree, base, 40, right::Read).narrowed);
    CHECK(b.mapping.protect_run(b.tree, base, 64, rw).narrowed);
    CHECK_FALSE(b.mapping.protect_run(b.tree, base, 64, page_rights).narrowed);
}

TEST_CASE("large pages change as they stand") {
    Bench b;
    const std::uint64_t large = base + 2 * large_page_bytes;
    REQUIRE(b.mapping.map(b.tree, {large, 1024, 2, rw, rw, 7, 3}).has_value());
    b.put(large - page_bytes, rw, rw);
    CHECK(*b.mapping.protect(b.tree, large, right::Read) == true);
    CHECK(b.mapping.translate(b.tree, large + 0x5000)->frame == 1029);
    CHECK(b.seen(large + 0x5000) == right::Read);
    CHECK(b.mapping.protect(b.tree, large, page_rights).error() == Error::NoRight);
    CHECK(b.mapping.protect(b.tree, large + page_bytes, rw).error() == Error::Misaligned);

    Mapping::ProtectRun run = b.mapping.protect_run(b.tree, large - page_bytes, 513, 0);
    CHECK(run.done == 513);
    CHECK(run.narrowed);
    CHECK(b.seen(large) == 0);
    CHECK(b.mapping.translate(b.tree, large)->level == 2); // not taken for a table
    b.in_order();
    run = b.mapping.protect_run(b.tree, large - page_bytes, 512, rw);
    CHECK(run.done == 1);
    CHECK(run.status.error() == Error::Misaligned);
    CHECK(b.mapping.protect_run(b.tree, large, 512, rw).done == 512);
    CHECK(b.seen(large) == rw);
    CHECK(*b.mapping.unmap(b.tree, large) == 2);
    b.in_order();
}

} // namespace exo::test
