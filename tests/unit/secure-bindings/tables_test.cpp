// Making and removing tables: what frames they take, where they hang, and the kernel's half of a root.
#include "tests/unit/secure-bindings/books.hpp"
#include "tests/unit/secure-bindings/machine.hpp"

#include <doctest/doctest.h>

namespace exo::test {

namespace {

constexpr Rights rw = right::Read | right::Write;

struct Bench : Machine {
    void refused(Error error, std::uint64_t address, std::uint8_t level, std::uint64_t frame) {
        const Snapshot before = snapshot();
        const Status status = mapping.add_table(tree, address, level, frame, 1);
        REQUIRE(!status);
        CHECK(error_name(status.error()) == std::string(error_name(error)));
        CHECK(snapshot() == before);
    }
    void in_order() { CHECK(books_problem(frames, kernel_word).value_or("") == ""); }
    Tree tree = processor_tree(2, 3);
};

} // namespace

TEST_CASE("tables hang below each other, level by level") {
    Bench b;
    const std::uint64_t address = 0x1234'5678'9000;
    b.refused(Error::NoTable, address, 1, 10);
    b.refused(Error::NoTable, address, 2, 10);
    std::memset(b.frames.words(10), 0xee, 2 * page_bytes); // what was there does not shine through
    REQUIRE(b.mapping.add_table(b.tree, address, 3, 10, 1).has_value());
    b.in_order();
    b.refused(Error::NoTable, address, 1, 12);
    b.refused(Error::Occupied, address, 3, 12);
    REQUIRE(b.mapping.add_table(b.tree, address, 2, 12, 1).has_value());
    REQUIRE(b.mapping.add_table(b.tree, address, 1, 14, 1).has_value());
    b.refused(Error::Occupied, address, 1, 16);
    b.in_order();
    CHECK(b.frames.at(14).level == 1);
    CHECK(b.frames.at(14).tenant == 3);
    CHECK(b.mapping.map(b.tree, {address, 1000, 1, rw, rw, 7, 3}).has_value());
    b.in_order();
}

TEST_CASE("every refusal of add_table") {
    Bench b;
    b.refused(Error::BadArgument, 0, 0, 10);
    b.refused(Error::BadArgument, 0, 4, 10);
    b.refused(Error::BadArgument, 0, 255, 10);
    b.refused(Error::BadAddress, user_end, 3, 10);
    b.refused(Error::BadAddress, ~0ull, 3, 10);
    b.refused(Error::Misaligned, 0, 3, 11);
    b.refused(Error::OutOfRange, 0, 3, small_machine_frames);
    b.refused(Error::OutOfRange, 0, 3, ~1ull);
    b.refused(Error::InUse, 0, 3, 2); // the root itself
    b.frames.declare(21, FrameType::Kernel);
    b.refused(Error::InUse, 0, 3, 20);
    b.frames.at(23).pins = 1;
    b.refused(Error::InUse, 0, 3, 22);
    b.frames.at(22).pins = 1;
    b.frames.at(23).pins = 0;
    b.refused(Error::InUse, 0, 3, 22);
}

TEST_CASE("an odd end of memory holds no pair") {
    Machine m(1001);
    CHECK(m.mapping.make_root(FrameType::PageTable, 1000, 1, 4, 1).error() == Error::OutOfRange);
    CHECK(m.mapping.make_root(FrameType::PageTable, 998, 1, 4, 1).has_value());
}

TEST_CASE("roots are refused as tables are") {
    Bench b;
    b.frames.declare(21, FrameType::Kernel);
    const Snapshot before = b.snapshot();
    CHECK(b.mapping.make_root(FrameType::PageTable, 11, 4, 4, 1).error() == Error::Misaligned);
    CHECK(b.mapping.make_root(FrameType::PageTable, small_machine_frames, 4, 4, 1).error() == Error::OutOfRange);
    CHECK(b.mapping.make_root(FrameType::PageTable, 2, 4, 4, 1).error() == Error::InUse);
    CHECK(b.mapping.make_root(FrameType::DmaTable, 20, 4, 4, 1).error() == Error::InUse);
    CHECK(b.snapshot() == before);
}

TEST_CASE("only an empty table is removed, and its frames are clean Data again") {
    Bench b;
    const std::uint64_t address = 0x4000'0000;
    REQUIRE(b.mapping.add_table(b.tree, address, 3, 10, 1).has_value());
    REQUIRE(b.mapping.add_table(b.tree, address, 2, 12, 1).has_value());
    REQUIRE(b.mapping.add_table(b.tree, address, 1, 14, 1).has_value());
    REQUIRE(b.mapping.map(b.tree, {address + 0x3000, 1000, 1, 0, rw, 7, 3}).has_value());
    const Snapshot before = b.snapshot();
    CHECK(b.mapping.remove_table(b.tree, address, 3).error() == Error::InUse);
    CHECK(b.mapping.remove_table(b.tree, address, 2).error() == Error::InUse);
    CHECK(b.mapping.remove_table(b.tree, address, 1).error() == Error::InUse); // a page without rights counts
    CHECK(b.mapping.remove_table(b.tree, address + large_page_bytes, 1).error() == Error::NoTable);
    CHECK(b.mapping.remove_table(b.tree, 1ull << 40, 2).error() == Error::NoTable);
    CHECK(b.mapping.remove_table(b.tree, address, 4).error() == Error::BadArgument);
    CHECK(b.mapping.remove_table(b.tree, address, 0).error() == Error::BadArgument);
    CHECK(b.mapping.remove_table(b.tree, user_end, 3).error() == Error::BadAddress);
    CHECK(b.snapshot() == before);
    REQUIRE(b.mapping.unmap(b.tree, address + 0x3000).has_value());
    CHECK(*b.mapping.remove_table(b.tree, address + 0x1f'ffff, 1) == 14);
    b.in_order();
    CHECK(b.frames.at(14).type == FrameType::Data);
    CHECK(b.frames.at(15).type == FrameType::Data);
    for (std::uint32_t i = 0; i < 1024; ++i) {
        REQUIRE(b.frames.words(14)[i] == 0);
    }
    // A large page now fits, and is no table.
    REQUIRE(b.mapping.map(b.tree, {address, 1024, 2, rw, rw, 7, 3}).has_value());
    CHECK(b.mapping.remove_table(b.tree, address, 1).error() == Error::NoTable);
    REQUIRE(b.mapping.unmap(b.tree, address).has_value());
    CHECK(*b.mapping.remove_table(b.tree, address, 2) == 12);
    CHECK(*b.mapping.remove_table(b.tree, address, 3) == 10);
    b.in_order();
}

TEST_CASE("a table is found by the capability it came from") {
    Bench b;
    REQUIRE(b.mapping.add_table(b.tree, 0, 3, 10, 21).has_value());
    REQUIRE(b.mapping.add_table(b.tree, 0, 2, 12, 21, 5).has_value());
    std::uint64_t table = 0;
    CHECK(b.mapping.table_of(10, 3, 21, &table));
    CHECK(table == 10);
    CHECK(b.mapping.table_of(11, 3, 21, &table));
    CHECK(table == 10);
    CHECK_FALSE(b.mapping.table_of(10, 3, 22, &table));
    CHECK_FALSE(b.mapping.table_of(10, 5, 21, &table));
    CHECK(b.mapping.table_of(13, 5, 21, &table));
    CHECK(table == 12);
    CHECK_FALSE(b.mapping.table_of(12, 3, 21, &table));
    CHECK_FALSE(b.mapping.table_of(14, 3, 21, &table));
}

TEST_CASE("a DMA table lives by its own width") {
    Machine m;
    const Tree three = m.dma_tree(2, 9, 3, 4);
    CHECK(m.mapping.add_table(three, 1ull << 39, 2, 10, 1, 4).error() == Error::BadAddress);
    CHECK(m.mapping.add_table(three, 0, 3, 10, 1, 4).error() == Error::BadArgument);
    REQUIRE(m.mapping.add_table(three, (1ull << 39) - 1, 2, 10, 1, 4).has_value());
    REQUIRE(m.mapping.add_table(three, (1ull << 39) - 1, 1, 12, 1, 4).has_value());
    CHECK((m.frames.words(2)[511] & 3) == 3);
    const MapRequest request{(1ull << 39) - page_bytes, 1000, 1, right::Write, rw, 7, 4};
    REQUIRE(m.mapping.map(three, request).has_value());
    CHECK(m.mapping.translate(three, request.address)->rights == right::Write); // the IOMMU can hold it apart
    CHECK((m.frames.words(12)[511] & 0xfff) == dma_entry::write);
    CHECK(*m.mapping.protect(three, request.address, 0) == true);
    CHECK((m.frames.words(12)[511] & 3) == 0);
    CHECK(m.mapping.translate(three, request.address)->frame == 1000);
    CHECK(*m.mapping.protect(three, request.address, rw) == false);
    CHECK(m.mapping.protect(three, request.address, rw | right::Execute).has_value());
    CHECK(*m.mapping.protect(three, request.address, right::Read) == true);
    CHECK(books_problem(m.frames, Machine::kernel_word).value_or("") == "");

    const Tree four = m.dma_tree(20, 10, 4, 4);
    std::uint64_t next = 22;
    m.add_tables(four, user_end, 1, &next, 1, 4); // no kernel half in a DMA tree
    CHECK(m.mapping.map(four, {user_end, 1000, 1, rw, rw, 7, 4}).has_value());
    CHECK(m.mapping.map(four, {1ull << 48, 1000, 1, rw, rw, 7, 4}).error() == Error::BadAddress);
    CHECK(books_problem(m.frames, Machine::kernel_word).value_or("") == "");
}

} // namespace exo::test
