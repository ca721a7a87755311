// Emptying trees and branches, in pieces of any size, while the rest of the machine stays as it was.
#include "tests/unit/secure-bindings/books.hpp"
#include "tests/unit/secure-bindings/machine.hpp"

#include <doctest/doctest.h>

namespace exo::test {

namespace {

constexpr Rights rw = right::Read | right::Write;

struct Bench : Machine {
    Bench() {
        add_tables(neighbour, 0, 1, &next);
        REQUIRE(mapping.map_run(neighbour, {0, 1000, 1, rw, rw, 7, 4}, 100).done == 100);
        REQUIRE(mapping.map(neighbour, {large_page_bytes, 1536, 2, rw, rw, 7, 4}).has_value());
    }
    // Twelve pages of the neighbour's frames and others, in five places; owned, unowned, without rights, large.
    void fill(const Tree& tree) {
        for (const std::uint64_t address :
             std::initializer_list<std::uint64_t>{0, 1ull << 21, 1ull << 30, 1ull << 38}) {
            add_tables(tree, address, 1, &next);
            for (const std::uint64_t page : {0, 5, 511}) {
                REQUIRE(mapping.map(tree, {address + page * page_bytes, 1000 + page, 1, page == 5 ? 0 : rw, rw, 9, 3})
                            .has_value());
            }
        }
        REQUIRE(mapping.map(tree, {3ull << 21, 1536, 2, rw, rw, 9, 3}).has_value());
        if (tree.type == FrameType::PageTable) {
            REQUIRE(mapping.map_unowned(tree, {page_bytes, 0xfe000, rw, 5, CacheMode::Uncached}).has_value());
        }
    }
    // Tears down; returns the number of calls. Keeps the books in order after every one.
    std::size_t all(const Tree& tree, std::size_t limit) {
        for (std::size_t calls = 1;; ++calls) {
            const bool done = mapping.tear_down(tree, limit);
            CHECK(books_problem(frames, kernel_word).value_or("") == "");
            if (done) {
                return calls;
            }
            REQUIRE(calls < 200);
        }
    }
    std::uint64_t next = 100;
    Tree neighbour = processor_tree(2, 4);
};

} // namespace

TEST_CASE("a tree of the processor is gone without a trace") {
    for (const std::size_t limit : {1, 2, 3, 7, 100000}) {
        CAPTURE(limit);
        Bench b;
        const Snapshot before = b.snapshot();
        const Tree tree = b.processor_tree(4, 3);
        b.fill(tree);
        CHECK(books_problem(b.frames, Machine::kernel_word).value_or("") == "");
        const std::size_t things = 12 + 1 + 1 + 1 + 1 + 3 + 4 - 1; // pages, large, unowned, root, level 3, 2 and 1
        const std::size_t calls = b.all(tree, limit);
        CHECK(calls >= things / limit);
        CHECK(calls <= things / limit + 2);
        CHECK(b.snapshot() == before);
        for (std::uint32_t i = 0; i < 1024; ++i) {
            REQUIRE(b.frames.words(4)[i] == 0); // nothing of the kernel's half left to read
        }
    }
}

TEST_CASE("DMA trees of both depths are gone without a trace") {
    for (const std::uint8_t levels : std::initializer_list<std::uint8_t>{3, 4}) {
        Bench b;
        const Snapshot before = b.snapshot();
        const Tree tree = b.dma_tree(4, 40, levels, 3);
        b.fill(tree);
        CHECK(b.all(tree, 4) > 2);
        CHECK(b.snapshot() == before);
    }
}

TEST_CASE("an empty tree goes at once, and a limit of nothing does nothing") {
    Bench b;
    const Snapshot before = b.snapshot();
    const Tree tree = b.processor_tree(4, 3);
    const Snapshot made = b.snapshot();
    CHECK_FALSE(b.mapping.tear_down(tree, 0));
    CHECK(b.snapshot() == made);
    CHECK(b.mapping.tear_down(tree, 1));
    CHECK(b.snapshot() == before);
}

TEST_CASE("the kernel's half of a live root is never entered") {
    Bench b;
    const Tree tree = b.processor_tree(4, 3);
    b.fill(tree);
    CHECK_FALSE(b.mapping.tear_down(tree, 20));
    for (std::uint32_t i = 256; i < 512; ++i) {
        REQUIRE(b.frames.words(4)[i] == Machine::kernel_word);
    }
}

TEST_CASE("a branch is cut off first, then emptied, and the tree above lives on") {
    Bench b;
    const Tree tree = b.processor_tree(4, 3);
    b.fill(tree);
    const std::uint64_t table = frame_of(*reach(b.frames, tree, 0, 3).entry); // level 2: below it the first 1 GiB
    REQUIRE(b.frames.at(table).level == 2);
    CHECK(b.mapping.cut(table));
    CHECK(b.mapping.translate(tree, 0).error() == Error::NotBound);
    CHECK(b.mapping.translate(tree, 1ull << 21).error() == Error::NotBound);
    CHECK(b.mapping.translate(tree, 1ull << 30).has_value());
    CHECK_FALSE(b.mapping.cut(table));
    CHECK(books_problem(b.frames, Machine::kernel_word).value_or("") == "");
    MappingPlace place{};
    CHECK(b.mapping.find_of(1536, 3, 9, &place)); // what it holds is still on the books
    const Tree branch{table, 2, FrameType::PageTable, 3};
    CHECK(b.all(branch, 3) > 3);
    CHECK_FALSE(b.mapping.find_of(1536, 3, 9, &place));
    CHECK(b.frames.at(table).type == FrameType::Data);
    // Uncut: tear_down cuts.
    const std::uint64_t other = frame_of(*reach(b.frames, tree, 1ull << 30, 2).entry);
    REQUIRE(b.frames.at(other).level == 1);
    CHECK_FALSE(b.mapping.tear_down({other, 1, FrameType::PageTable, 3}, 1));
    const std::uint64_t last = (1ull << 30) + 511 * page_bytes; // not emptied yet, but out of reach
    CHECK(b.mapping.translate(tree, last).error() == Error::NotBound);
    CHECK(b.all({other, 1, FrameType::PageTable, 3}, 1) > 1);
    CHECK_FALSE(b.mapping.cut(4)); // a root hangs on nothing
}

} // namespace exo::test
