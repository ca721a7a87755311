// The frame map: what a frame may become, and the counts of its regions.
#include "tests/unit/secure-bindings/books.hpp"
#include "tests/unit/secure-bindings/machine.hpp"

#include <doctest/doctest.h>

namespace exo::test {

TEST_CASE("a fresh map is all absent, and regions know it, past the end too") {
    std::vector<FrameEntry> entries(1000, FrameEntry{5, 5, FrameType::Data, 5, 5, 5});
    std::vector<RegionEntry> large(2, RegionEntry{1, 1});
    std::vector<RegionEntry> huge(1, RegionEntry{1, 1});
    FrameMap map(entries, large, huge, nullptr);
    CHECK(map.size() == 1000);
    CHECK(books_problem(map, 0).value_or("") == "");
    CHECK(map.all_data(0, 0));
    CHECK_FALSE(map.all_data(0, 1));
    map.declare_run(0, 5000, FrameType::Data);
    CHECK(books_problem(map, 0).value_or("") == "");
    CHECK(map.all_data(0, 1000));
    CHECK(map.large(0).typed == 0);
    CHECK(map.large(600).typed == 24); // 1000 to 1023 do not exist
    CHECK(map.huge(0).typed == frames_per_huge - 1000);
    map.declare_run(900, 5000, FrameType::Kernel);
    map.declare(3, FrameType::Absent);
    map.declare(3, FrameType::Absent);
    map.declare_run(5000, 5, FrameType::Data);
    map.declare_run(10, ~0ull, FrameType::Data);
    map.declare(11, FrameType::Kernel);
    CHECK(books_problem(map, 0).value_or("") == "");
    CHECK(map.at(3).type == FrameType::Absent);
    CHECK(map.all_data(12, 988));
    CHECK_FALSE(map.all_data(11, 2));
}

TEST_CASE("all_data sees one typed frame wherever it is, and every end") {
    Machine m(huge_machine_frames);
    const std::uint64_t size = huge_machine_frames;
    CHECK(m.frames.all_data(0, size));
    CHECK(m.frames.all_data(size, 0));
    CHECK_FALSE(m.frames.all_data(0, size + 1));
    CHECK_FALSE(m.frames.all_data(size, 1));
    CHECK_FALSE(m.frames.all_data(size + 1, 0));
    CHECK_FALSE(m.frames.all_data(1, ~0ull));
    CHECK_FALSE(m.frames.all_data(~0ull, 2));
    for (const std::uint64_t typed : {std::uint64_t{0}, std::uint64_t{511}, std::uint64_t{512}, std::uint64_t{1700},
                                      frames_per_huge - 1, frames_per_huge, frames_per_huge + 513, size - 1}) {
        CAPTURE(typed);
        m.frames.declare(typed, FrameType::Kernel);
        CHECK_FALSE(m.frames.all_data(0, size));
        CHECK_FALSE(m.frames.all_data(typed, 1));
        CHECK(m.frames.all_data(0, typed));
        CHECK(m.frames.all_data(typed + 1, size - typed - 1));
        if (typed >= 600) {
            CHECK(m.frames.all_data(typed - 600, 600));
            CHECK_FALSE(m.frames.all_data(typed - 600, 601));
        }
        m.frames.declare(typed, FrameType::Data);
    }
}

TEST_CASE("only an unmapped, unpinned Data frame is retyped") {
    Machine m;
    CHECK(m.frames.retype(700, FrameType::CapabilityTable, 9, 0).has_value());
    CHECK(m.frames.at(700).type == FrameType::CapabilityTable);
    CHECK(m.frames.at(700).tenant == 9);
    CHECK(m.frames.large(700).typed == 1);

    m.frames.at(701).pins = 1;
    m.frames.at(702).first = 0; // as if mapped
    m.frames.large(1024).first = 0;
    m.frames.declare(703, FrameType::Absent);
    const Snapshot before = m.snapshot();
    for (const std::uint64_t frame : {700, 701, 702, 703, 1024, 1535}) {
        CAPTURE(frame);
        CHECK(m.frames.retype(frame, FrameType::VcoreState, 1, 0).error() == Error::InUse);
    }
    CHECK(m.frames.retype(small_machine_frames, FrameType::VcoreState, 1, 0).error() == Error::OutOfRange);
    CHECK(m.frames.retype(~0ull, FrameType::VcoreState, 1, 0).error() == Error::OutOfRange);
    CHECK(m.snapshot() == before);

    m.frames.huge(0).first = 0;
    CHECK(m.frames.retype(10, FrameType::VcoreState, 1, 0).error() == Error::InUse);
}

TEST_CASE("restoring undoes a retype") {
    Machine m;
    const Snapshot before = m.snapshot();
    REQUIRE(m.frames.retype(700, FrameType::VcoreState, 3, 0).has_value());
    m.frames.at(700).pins = 2;
    CHECK_FALSE(m.snapshot() == before);
    m.frames.restore(700);
    CHECK(m.snapshot() == before);
}

TEST_CASE("words are the frame's own memory") {
    Machine m;
    m.frames.words(5)[0] = 1;
    m.frames.words(6)[0] = 2;
    CHECK(m.frames.words(6) - m.frames.words(5) == 512);
    CHECK(m.frames.words(5)[512] == 2);
}

} // namespace exo::test
