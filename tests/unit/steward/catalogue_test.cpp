// The catalogue of a shared disk: entries, its two copies, damage, and claims that contradict themselves.
#include "libos/coding/checksum.hpp"
#include "steward/catalogue.hpp"

#include <array>
#include <cstring>
#include <doctest/doctest.h>
#include <map>
#include <random>
#include <string>

namespace {

using namespace exo::steward;

constexpr std::uint64_t blocks = 1 << 16; // of 512: 32 MiB
constexpr std::uint32_t block_bytes = 512;

// A disk's two copies, written as disks.cpp does.
struct Copies {
    std::array<CataloguePage, 2> pages{};

    void write(Catalogue& catalogue) {
        const CataloguePage& page = catalogue.seal();
        pages[catalogue.copy()] = page;
    }
    const char* open(Catalogue& catalogue, std::uint64_t of_blocks = blocks, std::uint32_t of_bytes = block_bytes) {
        const char* wrong = catalogue.open(pages, of_blocks, of_bytes);
        if (!wrong && catalogue.is_new())
            write(catalogue);
        return wrong;
    }
    // Of a write of one copy only some sectors arrived: bit i: sector i.
    Copies torn(const Copies& after, unsigned sectors) const {
        constexpr std::size_t sector = 512;
        Copies result = *this;
        for (std::size_t copy = 0; copy < 2; copy++)
            for (std::size_t i = 0; i < catalogue_bytes / sector; i++)
                if ((sectors >> i & 1) != 0)
                    std::memcpy(result.octets(copy) + i * sector, after.octets(copy) + i * sector, sector);
        return result;
    }
    // Safe: octets of plain data.
    std::byte* octets(std::size_t copy) { return reinterpret_cast<std::byte*>(&pages[copy]); }
    const std::byte* octets(std::size_t copy) const { return reinterpret_cast<const std::byte*>(&pages[copy]); }
};

// The same catalogue with something else in it, and a checksum that is right.
template <typename Change>
Copies forged(const Copies& from, Change change) {
    Copies copies = from;
    CataloguePage& page = copies.pages[copies.pages[0].sequence > copies.pages[1].sequence ? 0 : 1];
    change(page);
    page.crc32c = 0;
    page.crc32c = exo::coding::crc32c(0, &page, sizeof page);
    return copies;
}

bool overlap(const CatalogueEntry& left, const CatalogueEntry& right) {
    return left.first < right.first + right.count && right.first < left.first + left.count;
}

} // namespace

TEST_CASE("catalogue: the same names get the same blocks again") {
    Copies copies;
    Catalogue catalogue;
    REQUIRE(copies.open(catalogue) == nullptr);
    CHECK(catalogue.entries().empty());
    REQUIRE(catalogue.add("one", 1 << 20) == nullptr);
    REQUIRE(catalogue.add("two", 5000) == nullptr);
    CHECK(catalogue.find("two")->count == 8192 / block_bytes); // whole pages
    CHECK(catalogue.find("one")->first >= extents_at / block_bytes);
    CHECK(catalogue.find("one")->state == ExtentState::Unclean);
    catalogue.set_ready("one");
    copies.write(catalogue);

    Catalogue again;
    REQUIRE(copies.open(again) == nullptr);
    REQUIRE(again.entries().size() == 2);
    CHECK(again.find("one")->first == catalogue.find("one")->first);
    CHECK(again.find("one")->state == ExtentState::Ready);
    CHECK(again.find("two")->state == ExtentState::Unclean);
    CHECK(again.find("three") == nullptr);
}

TEST_CASE("catalogue: what cannot be added is said, and nothing is changed") {
    Copies copies;
    Catalogue catalogue;
    REQUIRE(copies.open(catalogue) == nullptr);
    REQUIRE(catalogue.add("one", 1 << 20) == nullptr);
    CHECK(catalogue.add("one", 4096) != nullptr);
    CHECK(catalogue.add("", 4096) != nullptr);
    CHECK(catalogue.add(std::string(extent_name_max + 1, 'x'), 4096) != nullptr);
    CHECK(catalogue.add(std::string_view("a\0b", 3), 4096) != nullptr);
    CHECK(catalogue.add("large", blocks * block_bytes) != nullptr);
    CHECK(catalogue.add("huge", ~std::uint64_t{0}) != nullptr);
    CHECK_FALSE(catalogue.remove("none"));
    CHECK(catalogue.entries().size() == 1);
    REQUIRE(catalogue.add("rest", 0) == nullptr);
    CHECK(catalogue.add("none is left", 4096) != nullptr);
    const std::uint64_t first = catalogue.find("one")->first;
    CHECK(catalogue.remove("one"));
    REQUIRE(catalogue.add("into the hole", 1 << 20) == nullptr);
    CHECK(catalogue.find("into the hole")->first == first);
}

TEST_CASE("catalogue: extents never overlap, whatever comes and goes") {
    std::mt19937 random(7);
    Copies copies;
    Catalogue catalogue;
    REQUIRE(copies.open(catalogue) == nullptr);
    std::map<std::string, CatalogueEntry> model;
    for (int turn = 0; turn < 20'000; turn++) {
        const std::string name = "program-" + std::to_string(random() % 80);
        if (random() % 2) {
            const bool taken = model.contains(name);
            if (catalogue.add(name, 1 + random() % (1 << 20)) == nullptr) {
                REQUIRE_FALSE(taken);
                const CatalogueEntry added = *catalogue.find(name);
                REQUIRE(added.first >= extents_at / block_bytes);
                REQUIRE(added.first + added.count <= blocks);
                for (const auto& [other, entry] : model)
                    REQUIRE_FALSE(overlap(added, entry));
                model[name] = added;
            }
        } else {
            REQUIRE(catalogue.remove(name) == (model.erase(name) == 1));
        }
        REQUIRE(catalogue.entries().size() == model.size());
        if (turn % 100 == 0) {
            copies.write(catalogue);
            Catalogue again;
            REQUIRE(copies.open(again) == nullptr);
            for (const auto& [other, entry] : model)
                REQUIRE(again.find(other)->first == entry.first);
        }
    }
}

TEST_CASE("catalogue: a copy that was torn or has rotted leaves the one before") {
    Copies copies;
    Catalogue catalogue;
    REQUIRE(copies.open(catalogue) == nullptr);
    for (int i = 0; i < 60; i++) // to the page's last sectors
        REQUIRE(catalogue.add("program-" + std::to_string(i), 4096) == nullptr);
    copies.write(catalogue);
    const Copies before = copies;
    REQUIRE(catalogue.add("one more", 1 << 20) == nullptr);
    copies.write(catalogue);
    const std::size_t written = catalogue.copy();
    for (std::size_t octets = 512; octets < 60 * sizeof(CatalogueEntry); octets += 512) {
        Copies torn = before;
        std::memcpy(&torn.pages[written], &copies.pages[written], octets);
        Catalogue again;
        REQUIRE(torn.open(again) == nullptr);
        CHECK(again.entries().size() == 60);
    }
    for (std::size_t bit = 0; bit < catalogue_bytes * 8; bit += 37) {
        Copies rotten = copies;
        reinterpret_cast<unsigned char*>(&rotten.pages[written])[bit / 8] ^= 1u << bit % 8; // Safe: octets.
        Catalogue again;
        REQUIRE(rotten.open(again) == nullptr);
        CHECK(again.entries().size() == 60);
        reinterpret_cast<unsigned char*>(&rotten.pages[1 - written])[100] ^= 1;
        Catalogue none;
        CHECK(rotten.open(none) != nullptr);
    }
}

TEST_CASE("catalogue: a write that is cut at any sector, the first one too, leaves what was before or what is new") {
    Copies disk;
    Catalogue catalogue;
    REQUIRE(catalogue.open(disk.pages, blocks, block_bytes) == nullptr);
    CHECK(catalogue.add("too early", 4096) != nullptr);
    // Empty, then with ever more entries, each write over what the one before the last left there.
    for (std::size_t count = 0; count <= catalogue_entries_max; count++) {
        if (count != 0)
            REQUIRE(catalogue.add("program-" + std::to_string(count), 4096) == nullptr);
        Copies after = disk;
        after.write(catalogue);
        for (unsigned sectors = 0; sectors < 256; sectors++) {
            Copies cut = disk.torn(after, sectors);
            Catalogue again;
            REQUIRE(cut.open(again) == nullptr);
            const std::size_t found = again.entries().size();
            REQUIRE((found == count || found + 1 == count));
            REQUIRE((sectors != 255 || found == count));
        }
        disk = after;
    }
}

TEST_CASE("catalogue: disks that hold something else, and pages that contradict themselves, are refused") {
    Copies copies;
    Catalogue catalogue;
    copies.pages[0].reserved[0] = 1;
    CHECK(copies.open(catalogue) != nullptr);
    copies = {};
    CHECK(copies.open(catalogue, extents_at / block_bytes) != nullptr); // too small
    REQUIRE(copies.open(catalogue) == nullptr);
    REQUIRE(catalogue.add("one", 1 << 20) == nullptr);
    REQUIRE(catalogue.add("two", 1 << 20) == nullptr);
    copies.write(catalogue);
    REQUIRE(forged(copies, [](CataloguePage&) {}).open(catalogue) == nullptr);
    CHECK(copies.open(catalogue, blocks - 1) != nullptr);
    CHECK(copies.open(catalogue, blocks, 4096) != nullptr);
    CHECK(copies.open(catalogue, blocks + 1) == nullptr);

    const auto refused = [&](auto change) {
        Catalogue other;
        return forged(copies, change).open(other) != nullptr;
    };
    CHECK(refused([](CataloguePage& page) { page.version++; }));
    CHECK(refused([](CataloguePage& page) { page.sequence += 1ull << 62; }));
    Copies misplaced = copies; // the next would be written over the only one that counts
    std::swap(misplaced.pages[0], misplaced.pages[1]);
    CHECK(misplaced.open(catalogue) != nullptr);
    CHECK(refused([](CataloguePage& page) { page.count = catalogue_entries_max + 1; }));
    CHECK(refused([](CataloguePage& page) { page.entries[1].first = page.entries[0].first + 1; }));
    CHECK(refused([](CataloguePage& page) { page.entries[0].first = 0; }));
    CHECK(refused([](CataloguePage& page) { page.entries[0].first = blocks; }));
    CHECK(refused([](CataloguePage& page) { page.entries[0].first++; }));
    CHECK(refused([](CataloguePage& page) { page.entries[0].count--; }));
    CHECK(refused([](CataloguePage& page) { page.entries[0].count = 0; }));
    CHECK(refused([](CataloguePage& page) { page.entries[0].count = blocks; }));
    CHECK(refused([](CataloguePage& page) { page.entries[0].count = ~std::uint64_t{0}; }));
    CHECK(refused([](CataloguePage& page) { std::strcpy(page.entries[1].name, "one"); }));
    CHECK(refused([](CataloguePage& page) { page.entries[1].name[0] = 0; }));
    CHECK(refused([](CataloguePage& page) { std::memset(page.entries[1].name, 'x', sizeof page.entries[1].name); }));
    CHECK(refused([](CataloguePage& page) { page.entries[0].state = static_cast<ExtentState>(3); }));
}
