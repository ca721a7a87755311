// The page map against a model of the kernel: after every operation both agree about every page.
#include "libos/memory/fake_kernel.hpp"
#include "libos/memory/page_map.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace exo;

namespace {

constexpr std::uint64_t base = 0x4000'0000'0000ull;
constexpr Rights rw = right::Read | right::Write;

std::map<std::uint64_t, std::uint64_t> released;
void release(std::uint64_t first, std::uint64_t count, bool) {
    released[first] += count;
}
std::uint64_t released_frames() {
    std::uint64_t sum = 0;
    for (const auto& [first, count] : released)
        sum += count;
    return sum;
}

struct Fixture {
    Fixture() {
        released.clear();
        REQUIRE(map.open(kernel));
    }
    void agree(std::uint64_t begin, std::uint64_t end) {
        MappedPage page;
        std::size_t count = 0;
        for (std::uint64_t at = begin; map.next(at, end, &page); at = page.address + page.bytes()) {
            const FakeKernel::Page* real = kernel.page_at(page.address);
            REQUIRE(real);
            REQUIRE(real->frame == page.frame);
            REQUIRE(real->order == page.order);
            ++count;
        }
        std::size_t expected = 0;
        for (const auto& [address, real] : kernel.pages)
            expected += address < end && address + (page_bytes << real.order) > begin;
        REQUIRE(count == expected);
    }
    FakeKernel kernel;
    PageMap map;
};

} // namespace

TEST_CASE("pages of every size are found where they were put") {
    Fixture f;
    REQUIRE(f.map.map(base, 512, 0, 700, {rw}));
    REQUIRE(f.map.map(base + (4ull << 20), 1024, 9, 3, {rw}));
    REQUIRE(f.map.map(base + (1ull << 30), 1ull << 18, 18, 1, {rw}));
    f.agree(base, base + (4ull << 30));
    CHECK(f.map.counts().pages[0] == 700);
    CHECK(f.map.counts().pages[1] == 3);
    CHECK(f.map.counts().pages[2] == 1);
    MappedPage page;
    REQUIRE(f.map.find(base + (5ull << 20), &page));
    CHECK(page.address == base + (4ull << 20));
    CHECK(page.frame == 1024);
    CHECK(!f.map.find(base + 700 * page_bytes, &page));
    CHECK(f.map.map(base, 5, 0, 1, {rw}).error() == Error::Occupied);
}

TEST_CASE("a large page is split where only a part goes") {
    Fixture f;
    REQUIRE(f.map.map(base, 1ull << 18, 18, 1, {rw}));
    const std::uint64_t hole = base + 100 * large_page_bytes + 7 * page_bytes;
    REQUIRE(f.map.split(hole, rw));
    REQUIRE(f.map.split(hole + page_bytes, rw));
    REQUIRE(f.map.unmap(hole, hole + page_bytes, release));
    f.agree(base, base + huge_page_bytes);
    CHECK(released_frames() == 1);
    CHECK(released.begin()->first == (1ull << 18) + 100 * 512 + 7);
    CHECK(f.map.counts().pages[2] == 0);
    CHECK(f.map.counts().pages[1] == 511);
    CHECK(f.map.counts().pages[0] == 511);
    CHECK(f.kernel.page_at(base)->rights == rw);
    REQUIRE(f.map.unmap(base, base + huge_page_bytes, release));
    CHECK(released_frames() == 1ull << 18);
    CHECK(f.kernel.pages.empty());
}

TEST_CASE("an empty table makes place for a large page, one in use does not") {
    Fixture f;
    REQUIRE(f.map.map(base, 10, 0, 3, {rw}));
    const std::size_t pairs = f.kernel.pairs_out;
    CHECK(f.map.map(base, 512, 9, 1, {rw}).error() == Error::Occupied);
    REQUIRE(f.map.unmap(base, base + 3 * page_bytes, release));
    REQUIRE(f.map.map(base, 512, 9, 1, {rw}));
    CHECK(f.kernel.pairs_out == pairs - 1);
    REQUIRE(f.map.unmap(base, base + large_page_bytes, release));
    REQUIRE(f.map.map(base, 1ull << 18, 18, 1, {rw}));
    f.agree(base, base + huge_page_bytes);
}

TEST_CASE("foreign frames are not released, shared ones say so") {
    Fixture f;
    static std::size_t shared_count;
    shared_count = 0;
    REQUIRE(f.map.map(base, 10, 0, 2, {rw, false, true}));
    REQUIRE(f.map.map(base + 2 * page_bytes, 12, 0, 2, {right::Read, true, false}));
    REQUIRE(f.map.unmap(base, base + 4 * page_bytes, [](std::uint64_t first, std::uint64_t count, bool shared) {
        CHECK(first == 12);
        CHECK(shared);
        shared_count += count;
    }));
    CHECK(shared_count == 2);
}

TEST_CASE("rights change for what is there, and shared pages stay unwritable") {
    Fixture f;
    REQUIRE(f.map.map(base, 10, 0, 5, {rw}));
    REQUIRE(f.map.map(base + 8 * page_bytes, 30, 0, 2, {right::Read, true}));
    CHECK(f.map.protect_whole(base, base + 10 * page_bytes, right::Read).error() == Error::NotBound);
    REQUIRE(f.map.protect(base, base + 10 * page_bytes, rw));
    CHECK(f.kernel.page_at(base + 4 * page_bytes)->rights == rw);
    CHECK(f.kernel.page_at(base + 8 * page_bytes)->rights == right::Read);
    const std::size_t rows = f.kernel.rows_done;
    REQUIRE(f.map.protect_whole(base, base + 5 * page_bytes, 0));
    CHECK(f.kernel.rows_done == rows + 1);
    CHECK(f.kernel.page_at(base)->rights == 0);
}

TEST_CASE("a range moves with its frames, splitting what does not fit the new place") {
    Fixture f;
    REQUIRE(f.map.map(base, 512, 9, 2, {rw}));
    const std::uint64_t fits = base + (64ull << 30), unfit = fits + large_page_bytes + page_bytes;
    REQUIRE(f.map.move(base, fits, large_page_bytes, rw));
    CHECK(f.kernel.page_at(fits)->order == 9);
    REQUIRE(f.map.move(base + large_page_bytes, unfit, large_page_bytes, rw));
    CHECK(f.kernel.page_at(unfit)->order == 0);
    CHECK(f.kernel.page_at(unfit)->frame == 1024);
    CHECK(f.kernel.page_at(unfit + 511 * page_bytes)->frame == 1024 + 511);
    CHECK(!f.kernel.page_at(base));
    f.agree(base, unfit + large_page_bytes);
    CHECK(released.empty());
}

TEST_CASE("without frames for tables nothing changes") {
    Fixture f;
    f.kernel.pairs_left = 2;
    CHECK(f.map.map(base, 10, 0, 1, {rw}).error() == Error::TableFull);
    CHECK(f.kernel.pages.empty());
    f.kernel.pairs_left = 1;
    REQUIRE(f.map.map(base, 10, 0, 1, {rw}));
    f.kernel.pairs_left = 0;
    REQUIRE(f.map.map(base + large_page_bytes * 2, 512, 9, 1, {rw}));
    CHECK(f.map.split(base + large_page_bytes * 2 + page_bytes, rw).error() == Error::TableFull);
    CHECK(f.kernel.page_at(base + large_page_bytes * 2)->order == 9);
    f.agree(base, base + huge_page_bytes);
}

TEST_CASE("tables that the starter made are as good as own ones") {
    Fixture f;
    for (unsigned level = 3; level >= 1; --level)
        f.kernel.tables.insert({level, base / (page_bytes << (9 * level)) * (page_bytes << (9 * level))});
    f.kernel.pages[base] = {9, 0, rw};
    REQUIRE(f.map.adopt(base, 9, 0, 1));
    const std::size_t pairs = f.kernel.pairs_out;
    REQUIRE(f.map.map(base + page_bytes, 20, 0, 1, {rw}));
    CHECK(f.kernel.pairs_out == pairs);
    f.agree(base, base + large_page_bytes);
    Fixture g;
    for (unsigned level = 3; level >= 1; --level)
        g.kernel.tables.insert({level, base / (page_bytes << (9 * level)) * (page_bytes << (9 * level))});
    REQUIRE(g.map.map(base, 20, 0, 1, {rw}));
    CHECK(g.kernel.pairs_out == 0);
}

TEST_CASE("random maps, unmaps, protects and moves agree with the kernel") {
    Fixture f;
    std::mt19937 random(2024);
    constexpr std::uint64_t span = 16 * large_page_bytes;
    std::uint64_t frame = 1 << 20;
    for (int step = 0; step < 3000; ++step) {
        const unsigned order = random() % 3 ? 0 : 9;
        const std::uint64_t bytes = page_bytes << order;
        const std::uint64_t count = 1 + random() % (order ? 3 : 40);
        const std::uint64_t begin = base + random() % (span / bytes - count) * bytes, end = begin + count * bytes;
        MappedPage page;
        switch (random() % 4) {
        case 0:
        case 1:
            if (!f.map.next(begin, end, &page)) {
                frame = (frame + (1u << order)) & ~((std::uint64_t{1} << order) - 1);
                REQUIRE(f.map.map(begin, frame, order, count, {rw}));
                frame += count << order;
            }
            break;
        case 2:
            REQUIRE(f.map.split(begin, rw));
            REQUIRE(f.map.split(end, rw));
            REQUIRE(f.map.unmap(begin, end, release));
            REQUIRE(!f.map.next(begin, end, &page));
            break;
        case 3: {
            const std::uint64_t to = base + 2 * span + (begin - base) + random() % 2 * page_bytes;
            REQUIRE(f.map.split(begin, rw));
            REQUIRE(f.map.split(end, rw));
            REQUIRE(f.map.split(to, rw));
            REQUIRE(f.map.split(to + count * bytes, rw));
            REQUIRE(f.map.unmap(to, to + count * bytes, release));
            REQUIRE(f.map.move(begin, to, count * bytes, rw));
            break;
        }
        }
        if (step % 50 == 0)
            f.agree(base, base + 4 * span);
    }
    f.agree(base, base + 4 * span);
    std::uint64_t mapped = 0;
    for (const auto& [address, page] : f.kernel.pages)
        mapped += page_bytes << page.order;
    CHECK(f.map.counts().mapped_bytes() == mapped);
}
