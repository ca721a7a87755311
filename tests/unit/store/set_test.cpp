// Sets of disks: whatever up to m of them do, nothing is lost; what more of them do is said, and nothing wrong is given
// out. Disks are given in any order.
#include "tests/unit/store/sets.hpp"

#include <cstring>

#include <doctest/doctest.h>

using namespace store_test;

namespace {

constexpr Code codes[] = {{1, 1}, {2, 1}, {3, 2}, {8, 3}};

// Where pages are compressed, there are more of them, and they are.
State fill(const SetOfDisks& set, std::uint64_t seed, unsigned transactions = 60) {
    const auto devices = set.given();
    Play play(devices, seed);
    REQUIRE(play.store.open());
    for (unsigned i = 0; i < transactions; i++) {
        REQUIRE(play.change(play.store.packs() ? Play::Weights{.pages_max = 60, .objects = 8, .indices = 400}
                                               : Play::Weights{}));
        REQUIRE(play.store.commit());
    }
    if (play.store.packs()) {
        REQUIRE(play.store.pack(100));
        CHECK(play.store.counters().packed_pages > 100);
    }
    if (seed % 2)
        REQUIRE(play.store.close());
    return play.state;
}

Problem problem_of(const std::vector<exo::block::Device*>& devices, const OpenOptions& options = {}) {
    Records keeper;
    Store store(devices, keeper);
    const Status opened = store.open(options);
    return opened ? Problem::None : opened.error();
}

// Opens what is given, compares, and closes.
std::string verdict(const std::vector<exo::block::Device*>& devices, const State& state) {
    Play play(devices, 1);
    if (const Status opened = play.store.open(); !opened)
        return problem_text(opened.error());
    const std::string difference = play.difference(state);
    const Status closed = play.store.close();
    return closed ? difference : problem_text(closed.error());
}

} // namespace

TEST_CASE("any m disks of a set may be missing, open or closed; with one more it is refused, and nothing is written") {
    std::mt19937_64 random(5);
    for (const Code& code : codes) {
        for (const std::uint64_t seed : {21, 22, 23, 24}) { // closed; not closed; the same with compressed pages
            SetOfDisks made(code);
            REQUIRE(made.create(1, 1, seed > 22 ? Moved::Compressed : Moved::AsIs));
            const State state = fill(made, seed, 30);
            for (unsigned round = 0; round < 12; round++) {
                const unsigned count = round % (code.parity + 2);
                const SetOfDisks set(code, 0, &made);
                const auto devices = set.given(some_members(code, count, random), round);
                if (count <= code.parity) {
                    CHECK_MESSAGE(verdict(devices, state) == "", code.data, "+", code.parity, ", missing ", count);
                    continue;
                }
                CHECK(problem_of(devices) == (devices.empty() ? Problem::NotASet : Problem::Incomplete));
                for (const auto& disk : set.disks)
                    CHECK(disk->counters().writes == 0);
            }
        }
    }
}

TEST_CASE("bits that turn anywhere on m disks are detected, what they held is computed, and a scrub writes it anew") {
    std::mt19937_64 random(7);
    for (const auto& [code, moved] :
         {std::pair{Code{2, 1}, Moved::AsIs}, {Code{3, 2}, Moved::AsIs}, {Code{3, 2}, Moved::Compressed}}) {
        SetOfDisks made(code);
        REQUIRE(made.create(1, 1, moved));
        const State state = fill(made, 3);
        const std::uint64_t reach = moved == Moved::AsIs ? 2u << 20 : SetOfDisks::least_bytes(code);
        std::uint64_t recovered = 0, rows = 0, batches = 0;
        for (unsigned round = 0; round < 8; round++) {
            const SetOfDisks set(code, 0, &made);
            const std::uint32_t rotten = some_members(code, code.parity, random);
            for (unsigned i = 0; i < code.members(); i++)
                for (unsigned flips = 0; (rotten >> i & 1) && flips < 600; flips++) {
                    const std::uint64_t at = flips < 20 ? random() % (12u << 10) : random() % reach;
                    set.disks[i]->flip_bit(at, static_cast<unsigned>(random() % 8));
                }
            {
                const auto devices = set.given(0, round);
                Play play(devices, 1);
                REQUIRE(play.store.open());
                CHECK(play.difference(state) == "");
                ScrubReport report;
                REQUIRE(play.store.scrub(report, true));
                CHECK(report.damaged_pages == 0);
                CHECK(report.repaired);
                recovered += report.recovered_pages;
                rows += report.false_rows;
                batches += report.false_batches;
                ScrubReport again;
                REQUIRE(play.store.scrub(again));
                CHECK(again.recovered_pages + again.false_rows + again.false_batches == 0);
                REQUIRE(play.store.close());
            }
            // It was written: other disks may go now.
            CHECK(verdict(set.given(some_members(code, code.parity, random), round), state) == "");
        }
        CHECK(recovered > 20);
        CHECK(rows > 5);
        MESSAGE("recovered pages ", recovered, ", rows ", rows, ", batches ", batches);
    }
}

TEST_CASE("bits that turn on more disks than parity makes up for: nothing wrong is given out") {
    const Code code{2, 1};
    SetOfDisks made(code);
    REQUIRE(made.create());
    const State state = fill(made, 5);
    std::mt19937_64 random(9);
    unsigned damaged = 0;
    for (unsigned round = 0; round < 30; round++) {
        const SetOfDisks set(code, 0, &made);
        for (const auto& disk : set.disks)
            for (unsigned flips = 0; flips < 300; flips++)
                disk->flip_bit(segments_begin_bytes + random() % (2u << 20), 1);
        const auto devices = set.given();
        Play play(devices, 1);
        if (!play.store.open({.access = Access::ReadOnly})) {
            damaged++;
            continue;
        }
        std::byte expected[page_bytes];
        for (const auto& [name, number] : state.pages) {
            const auto page = play.store.read_page(name.first, name.second);
            fill_page(expected, number);
            if (!page)
                damaged++;
            else
                REQUIRE((*page && std::memcmp(*page, expected, page_bytes) == 0));
        }
    }
    CHECK(damaged > 5);
}

TEST_CASE("a lost disk is replaced by a fresh one, and then others may be lost") {
    for (const Code& code : {Code{2, 1}, Code{3, 2}}) {
        SetOfDisks set(code);
        REQUIRE(set.create());
        (void)fill(set, 3);
        State state;
        const std::uint32_t lost = (1u << code.parity) - 1;
        {
            const auto devices = set.given(lost);
            Play play(devices, 2); // goes on without them
            REQUIRE(play.store.open());
            CHECK(play.store.disk().missing() == lost);
        }
        for (unsigned i = 0; i < code.parity; i++)
            set.disks[i] = std::make_unique<MemoryDisk>(DiskSpec{.bytes = 10u << 20});
        CHECK(problem_of(set.given()) == Problem::NotOfSet);
        {
            const auto devices = set.given();
            Play play(devices, 4);
            REQUIRE(play.store.open({.spares = true}));
            CHECK(play.store.disk().spares() == lost);
            for (const auto& [key, value] : play.keeper.records)
                play.state.records[key] = value;
            REQUIRE(play.store.rebuild());
            CHECK(play.store.disk().missing() == 0);
            ScrubReport report;
            REQUIRE(play.store.scrub(report));
            CHECK(report.pages > 50);
            CHECK(report.damaged_pages + report.recovered_pages + report.false_rows == 0);
            REQUIRE(play.store.close());
        }
        const std::uint32_t others = lost << code.data;
        Records with_all, without;
        Store whole(set.given(), with_all);
        REQUIRE(whole.open({.access = Access::ReadOnly}));
        Store rest(set.given(others), without);
        REQUIRE(rest.open({.access = Access::ReadOnly}));
        CHECK(with_all.records == without.records);
        ScrubReport report;
        REQUIRE(rest.scrub(report));
        CHECK(report.damaged_pages == 0);
        CHECK(report.pages > 50);
    }
}

TEST_CASE("a member that fails while it is written to is left out, and nothing is lost with it") {
    const Code code{2, 1};
    for (unsigned failing = 0; failing < code.members(); failing++) {
        SetOfDisks set(code);
        REQUIRE(set.create());
        State state;
        {
            const auto devices = set.given(0, failing);
            Play play(devices, failing);
            REQUIRE(play.store.open());
            for (unsigned i = 0; i < 40; i++) {
                if (i == 20)
                    set.disks[failing]->failing_write = set.disks[failing]->write_number;
                REQUIRE(play.change({}));
                REQUIRE(play.store.commit());
            }
            CHECK(play.difference(play.state) == "");
            CHECK(play.store.disk().missing() == 1u << failing);
            state = play.state;
        }
        set.disks[failing]->failing_write = ~0ull;
        CHECK(verdict(set.given(1u << failing), state) == "");
        {
            // It is back, but what it holds is old: it is not asked.
            const auto devices = set.given(0, 7);
            Play play(devices, 1);
            REQUIRE(play.store.open());
            CHECK(play.difference(state) == "");
            CHECK(play.store.disk().missing() == 1u << failing);
        }
        CHECK(problem_of(set.given(1u << (failing + 1) % 3)) == Problem::Incomplete);
        const auto devices = set.given(0, 9);
        Play play(devices, 1);
        REQUIRE(play.store.open({.spares = true}));
        REQUIRE(play.store.rebuild());
        REQUIRE(play.store.close());
        CHECK(verdict(set.given(1u << (failing + 1) % 3), state) == "");
    }
}

TEST_CASE("disks of other sets, disks twice, too few, and disks that went apart are refused, and nothing is written") {
    const Code code{1, 1};
    SetOfDisks set(code), other(code);
    REQUIRE(set.create());
    REQUIRE(other.create(77, 9));
    MemoryDisk blank, alone;
    REQUIRE(Store::create(alone, test_spec()));
    const auto writes = [&] {
        return set.disks[0]->counters().writes + set.disks[1]->counters().writes + alone.counters().writes;
    };
    const std::uint64_t before = writes();
    CHECK(problem_of({set.disks[0].get(), other.disks[1].get()}) == Problem::NotOfSet);
    CHECK(problem_of({set.disks[0].get(), &blank}) == Problem::NotOfSet);
    CHECK(problem_of({set.disks[0].get(), &alone}) == Problem::NotOfSet);
    CHECK(problem_of({&blank, &alone}) == Problem::NotASet);
    MemoryDisk copy({.bytes = 20u << 20}, &set.disks[0]->contents);
    CHECK(problem_of({set.disks[0].get(), &copy}) == Problem::Doubled);
    CHECK(writes() == before);
    (void)fill(set, 3, 3);
    { // each goes on without the other
        CHECK(problem_of({set.disks[0].get()}) == Problem::None);
        CHECK(problem_of({set.disks[1].get()}) == Problem::None);
    }
    CHECK(problem_of({set.disks[0].get(), set.disks[1].get()}) == Problem::Diverged);
    SetOfDisks small({2, 1}, 1u << 20);
    CHECK(small.create().error() == Problem::TooSmall);
    CreateSpec spec = test_spec();
    spec.data_disks = 17;
    spec.parity_disks = 1;
    CHECK(Store::create(other.given(), spec).error() == Problem::BadCode);
}

TEST_CASE("a page that was written to the place of another is seen as that") {
    SetOfDisks set({2, 1});
    REQUIRE(set.create());
    const State state = fill(set, 3);
    const auto devices = set.given();
    Play play(devices, 1);
    REQUIRE(play.store.open());
    Octets page(page_bytes);
    // Two pages in one column of a segment: the contents of one go to the other's place.
    std::vector<std::uint64_t> places;
    play.store.each_object([&](std::uint64_t, const PageMap& pages) {
        Place* place;
        for (std::uint64_t index = 0; pages.next(index, place); index++)
            places.push_back(place->sector);
    });
    std::ranges::sort(places);
    const Geometry& geometry = play.store.geometry();
    const auto member_byte = [&](std::uint64_t sector) {
        const std::uint64_t within = sector * sector_bytes - segments_begin_bytes;
        return std::pair((within % geometry.row_bytes() / page_bytes + geometry.segment_of(sector)) % 3,
                         segments_begin_bytes + within / geometry.row_bytes() * page_bytes);
    };
    const auto [member, from] = member_byte(places[0]);
    std::size_t other = 1;
    while (member_byte(places[other]).first != member)
        other++;
    set.disks[member]->contents.read(from, page.data(), page.size());
    set.disks[member]->contents.write(member_byte(places[other]).second, page.data(), page.size());
    set.disks[member]->flip_bit(from, 1);
    ScrubReport report;
    REQUIRE(play.store.scrub(report, true));
    CHECK(report.recovered_pages == 2);
    CHECK(report.damaged_pages == 0);
    CHECK(play.difference(state) == "");
}
