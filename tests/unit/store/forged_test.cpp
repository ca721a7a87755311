// Superblocks and labels whose checksum is right, and that say what no store ever writes.
#include "tests/unit/store/sets.hpp"

#include "libos/coding/checksum.hpp"

#include <doctest/doctest.h>

using namespace store_test;

namespace {

// Changes a structure of 512 octets on a disk, and makes its checksum right.
template <typename Structure, typename Change>
void forge(MemoryDisk& disk, std::uint64_t at, Change change) {
    Structure structure;
    // Safe: octets of plain data.
    auto* const octets = reinterpret_cast<std::byte*>(&structure);
    disk.contents.read(at, octets, sizeof structure);
    change(structure);
    structure.crc32c = 0;
    structure.crc32c = exo::coding::crc32c(0, &structure, sizeof structure);
    disk.contents.write(at, octets, sizeof structure);
}

template <typename Change>
Problem problem_of_superblock(Change change) {
    MemoryDisk disk;
    REQUIRE(Store::create(disk, test_spec()));
    for (const std::uint64_t at : {std::uint64_t{0}, disk.bytes() - page_bytes})
        forge<Superblock>(disk, at, change);
    const std::uint64_t before = disk.counters().writes;
    Records keeper;
    Store store(disk, keeper);
    const Status opened = store.open();
    CHECK((opened || disk.counters().writes == before));
    return opened ? Problem::None : opened.error();
}

} // namespace

TEST_CASE("numbers of a superblock that no store writes are refused, and nothing is written") {
    CHECK(problem_of_superblock([](Superblock&) {}) == Problem::None);
    CHECK(problem_of_superblock([](Superblock& super) { super.log.sequence = 0; }) == Problem::Unsuitable);
    CHECK(problem_of_superblock([](Superblock& super) { super.log.sequence = ~0ull; }) == Problem::Unsuitable);
    CHECK(problem_of_superblock([](Superblock& super) { super.log.segment_sequence = 0; }) == Problem::Unsuitable);
    CHECK(problem_of_superblock([](Superblock& super) { super.log.next_segment = super.log.segment; }) ==
          Problem::Unsuitable);
    CHECK(problem_of_superblock([](Superblock& super) { super.checkpoint[1].sequence = 0; }) == Problem::Unsuitable);
    CHECK(problem_of_superblock([](Superblock& super) { super.generation = 0; }) == Problem::IndexDamaged);
    // From one less on a checkpoint's sequence numbers would be refused when they are read again.
    CHECK(problem_of_superblock([](Superblock& super) { super.generation = 1ull << (61 - generation_shift); }) ==
          Problem::IndexDamaged);
}

TEST_CASE("members of one name that do not agree on what their set is are refused") {
    const Code code{2, 1};
    SetOfDisks made(code);
    REQUIRE(made.create());
    const auto problem_of_label = [&](auto change) {
        const SetOfDisks set(code, 0, &made);
        for (const std::uint64_t at : {label_byte, set.disks[0]->bytes() - page_bytes})
            forge<MemberLabel>(*set.disks[0], at, change);
        Records keeper;
        Store store(set.given(), keeper);
        const Status opened = store.open();
        return opened ? Problem::None : opened.error();
    };
    CHECK(problem_of_label([](MemberLabel&) {}) == Problem::None);
    // A later label says that the set is a pair, without the third.
    CHECK(problem_of_label([](MemberLabel& label) {
              label.data_disks = 1;
              label.present = 3;
              label.epoch++;
              label.dropped[2] = label.epoch;
          }) == Problem::NotOfSet);
    CHECK(problem_of_label([](MemberLabel& label) {
              label.member_bytes -= page_bytes;
              label.epoch++;
          }) == Problem::NotOfSet);
    // Such a label is none.
    CHECK(problem_of_label([](MemberLabel& label) { label.member_bytes = page_bytes; }) == Problem::NotOfSet);
    CHECK(problem_of_label([](MemberLabel& label) { label.epoch = ~0u; }) == Problem::NotOfSet);
}

TEST_CASE("a superblock of a set that is larger than its members is refused") {
    const Code code{2, 1};
    SetOfDisks made(code);
    REQUIRE(made.create());
    const auto problem_of_size = [&](std::uint64_t more) {
        const SetOfDisks set(code, 0, &made);
        for (const auto& disk : set.disks)
            for (const std::uint64_t at : {std::uint64_t{0}, disk->bytes() - 2 * page_bytes})
                forge<Superblock>(*disk, at, [&](Superblock& super) { super.disk_bytes += more; });
        Records keeper;
        Store store(set.given(), keeper);
        const Status opened = store.open();
        return opened ? Problem::None : opened.error();
    };
    CHECK(problem_of_size(0) == Problem::None);
    CHECK(problem_of_size(page_bytes) == Problem::IndexDamaged);
    CHECK(problem_of_size(1ull << 43) == Problem::IndexDamaged);
}
