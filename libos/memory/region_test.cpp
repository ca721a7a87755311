// The region table against a plain map of pages.
#include "libos/memory/region.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <vector>

using namespace exo;

namespace {

Region region(std::uint64_t begin, std::uint64_t end, Rights rights = right::Read, std::uint64_t tag = 0,
              std::uint64_t offset = 0) {
    return {begin, end, rights, Backing::Eager, false, false, 0, tag, offset};
}

} // namespace

TEST_CASE("neighbours that differ in nothing become one") {
    Region storage[8];
    RegionTable table;
    table.open(storage, 8);
    REQUIRE(table.insert(region(0x1000, 0x2000)));
    REQUIRE(table.insert(region(0x3000, 0x4000, right::Read, 0, 0x2000)));
    REQUIRE(table.insert(region(0x2000, 0x3000, right::Read, 0, 0x1000)));
    CHECK(table.size() == 1);
    CHECK(table.at(0).begin == 0x1000);
    CHECK(table.at(0).end == 0x4000);
    CHECK(table.insert(region(0x3000, 0x5000)).error() == Error::Occupied);
    REQUIRE(table.insert(region(0x4000, 0x5000, right::Write)));
    CHECK(table.size() == 2);
}

TEST_CASE("a hole keeps the offsets on both sides") {
    Region storage[8];
    RegionTable table;
    table.open(storage, 8);
    REQUIRE(table.insert(region(0x10000, 0x20000, right::Read, 5, 0x7000)));
    REQUIRE(table.remove(0x14000, 0x15000));
    REQUIRE(table.size() == 2);
    CHECK(table.at(0).end == 0x14000);
    CHECK(table.at(1).begin == 0x15000);
    CHECK(table.at(1).offset == 0x7000 + 0x5000);
    CHECK(table.find(0x14fff) == nullptr);
    CHECK(table.find(0x15000)->end == 0x20000);
}

TEST_CASE("a full table refuses what would need a place and changes nothing") {
    Region storage[1];
    RegionTable table;
    table.open(storage, 1);
    REQUIRE(table.insert(region(0x1000, 0x9000)));
    CHECK(table.remove(0x3000, 0x4000).error() == Error::TableFull);
    CHECK(table.split(0x3000).error() == Error::TableFull);
    CHECK(table.at(0).end == 0x9000);
    CHECK(table.remove(0x8000, 0x9000));
    CHECK(table.at(0).end == 0x8000);
}

TEST_CASE("the highest gap is found, aligned") {
    Region storage[8];
    RegionTable table;
    table.open(storage, 8);
    CHECK(table.find_gap_down(0x1000, 0x100000, 0x1000, 0x1000) == 0xff000);
    REQUIRE(table.insert(region(0xf0000, 0x100000)));
    CHECK(table.find_gap_down(0x1000, 0x100000, 0x1000, 0x1000) == 0xef000);
    CHECK(table.find_gap_down(0x1000, 0x100000, 0x3000, 0x10000) == 0xe0000);
    REQUIRE(table.insert(region(0x80000, 0xe8000)));
    CHECK(table.find_gap_down(0x1000, 0x100000, 0x8000, 0x1000) == 0xe8000);
    CHECK(table.find_gap_down(0x1000, 0x100000, 0x9000, 0x1000) == 0x77000);
    CHECK(table.find_gap_down(0x1000, 0x100000, 0x7f000, 0x1000) == 0x1000);
    CHECK(table.find_gap_down(0x1000, 0x100000, 0x80000, 0x1000) == 0);
    // A region across the upper border.
    CHECK(table.find_gap_down(0x1000, 0x90000, 0x1000, 0x1000) == 0x7f000);
}

TEST_CASE("random inserts, splits and removals agree with a map of pages") {
    std::vector<Region> storage(4096);
    RegionTable table;
    table.open(storage.data(), storage.size());
    std::map<std::uint64_t, Rights> pages;
    std::mt19937 random(99);
    for (int step = 0; step < 5000; ++step) {
        const std::uint64_t begin = (1 + random() % 500) * 0x1000;
        const std::uint64_t end = begin + (1 + random() % 20) * 0x1000;
        const Rights rights = 1 + random() % 3;
        switch (random() % 3) {
        case 0: {
            const bool free = pages.lower_bound(begin) == pages.lower_bound(end);
            const auto status = table.insert(region(begin, end, rights, 0, begin));
            REQUIRE(status.has_value() == free);
            if (free)
                for (std::uint64_t page = begin; page < end; page += 0x1000)
                    pages[page] = rights;
            break;
        }
        case 1:
            REQUIRE(table.remove(begin, end));
            pages.erase(pages.lower_bound(begin), pages.lower_bound(end));
            break;
        case 2:
            REQUIRE(table.split(begin));
            if (random() % 2)
                table.join(begin, begin);
            break;
        }
        for (int probe = 0; probe < 20; ++probe) {
            const std::uint64_t address = (random() % 530) * 0x1000 + 5;
            const Region* found = table.find(address);
            const auto page = pages.find(address & ~0xfffull);
            REQUIRE((found != nullptr) == (page != pages.end()));
            if (found) {
                REQUIRE(found->rights == page->second);
                REQUIRE(found->offset == found->begin);
            }
        }
    }
}

TEST_CASE("random changes of rights agree with a map of pages and leave nothing to join") {
    std::vector<Region> storage(600);
    RegionTable table;
    table.open(storage.data(), storage.size());
    std::map<std::uint64_t, Rights> pages;
    std::mt19937 random(7);
    for (const auto& [begin, end] :
         {std::pair{0x1000, 0x101000}, std::pair{0x101000, 0x151000}, std::pair{0x160000, 0x1e0000}}) {
        REQUIRE(table.insert(region(begin, end, right::Read, begin == 0x101000 ? 9 : 0, begin)));
        for (std::uint64_t page = begin; page < static_cast<std::uint64_t>(end); page += 0x1000)
            pages[page] = right::Read;
    }
    for (int step = 0; step < 3000; ++step) {
        const std::uint64_t begin = (1 + random() % 480) * 0x1000;
        const std::uint64_t end = begin + (1 + random() % (step % 3 ? 3 : 60)) * 0x1000;
        const Rights rights = 1 + random() % 2;
        REQUIRE(table.set_rights(begin, end, rights));
        for (auto page = pages.lower_bound(begin); page != pages.end() && page->first < end; ++page)
            page->second = rights;
        std::uint64_t covered = 0;
        for (std::size_t i = 0; i < table.size(); ++i) {
            const Region& here = table.at(i);
            REQUIRE(here.offset == here.begin);
            for (std::uint64_t page = here.begin; page < here.end; page += 0x1000, ++covered)
                REQUIRE(pages.at(page) == here.rights);
            if (i + 1 < table.size() && here.end == table.at(i + 1).begin && here.tag == table.at(i + 1).tag)
                REQUIRE(here.rights != table.at(i + 1).rights);
        }
        REQUIRE(covered == pages.size());
    }
}
