// The file system against its model: long random lives with every kind of ending.
#include "tests/unit/files/life.hpp"

#include <doctest/doctest.h>

using namespace files_test;
using store_test::MemoryDisk;

namespace {

// Lives of `steps` operations; between two of them everything is made durable and the disk opened anew.
void live(MemoryDisk& disk, std::uint64_t seed, std::uint64_t operations, std::uint64_t steps, const PlaySpec& spec,
          Totals& totals) {
    Model model;
    while (totals.operations < operations) {
        Files files(disk, counting_clock());
        REQUIRE(files.open({.cache_bytes = 4u << 20, .log_bytes_max = 8u << 20}));
        REQUIRE(fingerprint(files) == model.fingerprint());
        play_life(files, model, seed + totals.lives, steps, spec, totals);
    }
}

} // namespace

TEST_CASE("random operations answer as the model does") {
    const std::uint64_t seed = number_from("EXO_SEED", 30), operations = number_from("EXO_OPERATIONS", 20'000);
    MemoryDisk disk({.bytes = 64u << 20});
    REQUIRE(Files::create(disk, store_test::test_spec(), counting_clock()));
    Totals totals;
    live(disk, seed, operations, 2000, {}, totals);
    MESSAGE("seed ", seed, ": ", totals.operations, " operations in ", totals.lives, " lives, ", totals.refused,
            " refused as they should be");
    CHECK(totals.no_space == 0);
    CHECK(totals.refused > operations / 20);
}

TEST_CASE("random operations on a disk that is too small for them answer as the model does, or that it is full") {
    const std::uint64_t seed = number_from("EXO_SEED", 30), operations = number_from("EXO_OPERATIONS", 20'000) / 4;
    for (const store_test::Moved moved : {store_test::Moved::AsIs, store_test::Moved::Compressed}) {
        MemoryDisk disk({.bytes = 18u << 20});
        REQUIRE(Files::create(disk, store_test::test_spec(1, moved), counting_clock()));
        Totals totals;
        live(disk, seed, operations, 2000, {.file_bytes_max = 1'000'000, .write_bytes_max = 100'000}, totals);
        MESSAGE("seed ", seed, ": ", totals.operations, " operations, the disk was full for ", totals.no_space,
                ", pages compressed ", totals.packed);
        if (moved == store_test::Moved::AsIs)
            CHECK(totals.no_space > 10);
        else
            CHECK(totals.packed > 1000);
    }
}
