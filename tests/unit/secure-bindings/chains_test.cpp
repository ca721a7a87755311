// From frames to their mappings: finding and breaking the bindings of one capability among others, and
// pages that are in no chain.
#include "tests/unit/secure-bindings/books.hpp"
#include "tests/unit/secure-bindings/machine.hpp"

#include <doctest/doctest.h>

namespace exo::test {

namespace {

constexpr Rights rw = right::Read | right::Write;
constexpr std::uint64_t base = 0x7654'3210'0000 & ~(huge_page_bytes - 1);

struct Bench : Machine {
    explicit Bench(std::uint64_t count = small_machine_frames) : Machine(count) {
        add_tables(first, base, 1, &next);
        add_tables(second, base, 1, &next);
        add_tables(device, 0, 1, &next, 1, 3);
    }
    void put(const Tree& tree, std::uint64_t address, std::uint64_t frame, std::uint16_t slot, std::uint16_t holder,
             std::uint8_t level = 1) {
        REQUIRE(mapping.map(tree, {address, frame, level, rw, rw, slot, holder}).has_value());
    }
    void in_order() { CHECK(books_problem(frames, kernel_word).value_or("") == ""); }
    Tree first = processor_tree(2, 3);
    Tree second = processor_tree(4, 4);
    Tree device = dma_tree(6, 40, 3, 3);
    std::uint64_t next = 8;
};

} // namespace

TEST_CASE("a binding is found by holder and slot, whoever's table it is in") {
    Bench b;
    b.put(b.first, base, 1000, 7, 3);
    b.put(b.second, base, 1000, 7, 4);
    b.put(b.device, 0x5000, 1000, 7, 3);
    b.put(b.device, 0x6000, 1000, 9, 4); // the function changed hands, the old table stays
    b.in_order();
    MappingPlace place{};
    CHECK_FALSE(b.mapping.find_of(1000, 3, 9, &place));
    CHECK_FALSE(b.mapping.find_of(1000, 40, 7, &place)); // the function is not the holder
    CHECK_FALSE(b.mapping.find_of(1001, 3, 7, &place));

    REQUIRE(b.mapping.find_of(1000, 4, 9, &place));
    CHECK(b.mapping.place_address(place) == 0x6000);
    CHECK(b.frames.at(place.table).tenant == 40);
    b.mapping.break_at(place);
    CHECK_FALSE(b.mapping.find_of(1000, 4, 9, &place));
    b.in_order();

    std::size_t broken = 0;
    while (b.mapping.find_of(1000, 3, 7, &place)) {
        b.mapping.break_at(place);
        b.in_order();
        REQUIRE(++broken <= 2);
    }
    CHECK(broken == 2);
    CHECK(b.mapping.translate(b.second, base)->frame == 1000); // the neighbour's stays
    REQUIRE(b.mapping.find_any(1000, &place));
    b.mapping.break_at(place);
    CHECK_FALSE(b.mapping.find_any(1000, &place));
    b.in_order();
}

TEST_CASE("the holder of a DMA page survives protection and rights that are none") {
    Bench b;
    b.put(b.device, 0x5000, 1000, 65535, 255);
    REQUIRE(b.mapping.protect(b.device, 0x5000, 0).has_value());
    MappingPlace place{};
    CHECK(b.mapping.find_of(1000, 255, 65535, &place));
    REQUIRE(b.mapping.protect(b.device, 0x5000, rw).has_value());
    CHECK(b.mapping.find_of(1000, 255, 65535, &place));
    CHECK_FALSE(b.mapping.find_of(1000, 254, 65535, &place));
    CHECK_FALSE(b.mapping.find_of(1000, 255, 65534, &place));
}

TEST_CASE("large pages are found by any frame they cover") {
    Bench b(huge_machine_frames);
    b.put(b.first, base + large_page_bytes, 1024, 7, 3, 2);
    b.put(b.first, base + huge_page_bytes, frames_per_huge, 8, 3, 3);
    b.in_order();
    MappingPlace place{};
    for (const std::uint64_t frame : {1024, 1300, 1535}) {
        REQUIRE(b.mapping.find_of(frame, 3, 7, &place));
        CHECK(place.level == 2);
        CHECK(b.mapping.place_address(place) == base + large_page_bytes);
        CHECK(b.mapping.find_any(frame, &place));
    }
    CHECK_FALSE(b.mapping.find_of(1023, 3, 7, &place));
    CHECK_FALSE(b.mapping.find_of(1536, 3, 7, &place));
    REQUIRE(b.mapping.find_of(frames_per_huge + 99999, 3, 8, &place));
    CHECK(place.level == 3);
    CHECK(b.mapping.place_address(place) == base + huge_page_bytes);
    b.mapping.break_at(place);
    b.in_order();
    REQUIRE(b.mapping.find_of(1300, 3, 7, &place));
    b.mapping.break_at(place);
    b.in_order();
    CHECK_FALSE(b.mapping.find_any(1300, &place));
}

TEST_CASE("the address of a place is what it was mapped at") {
    Bench b;
    for (const std::uint64_t address : {base, base + 511 * page_bytes, base + 77 * page_bytes}) {
        b.put(b.first, address, 1000, 7, 3);
        MappingPlace place{};
        REQUIRE(b.mapping.find_of(1000, 3, 7, &place));
        CHECK(b.mapping.place_address(place) == address);
        b.mapping.break_at(place);
    }
    b.add_tables(b.first, user_end - 1, 1, &b.next);
    b.put(b.first, user_end - page_bytes, 1000, 7, 3);
    MappingPlace place{};
    REQUIRE(b.mapping.find_any(1000, &place));
    CHECK(b.mapping.place_address(place) == user_end - page_bytes);
}

TEST_CASE("bindings over a range are found in bounded steps") {
    Bench b;
    for (const std::uint64_t frame : {1000, 1001, 1500, 2999}) {
        b.put(b.first, base + (frame % 512) * page_bytes, frame, 7, 3);
    }
    b.put(b.second, base, 1200, 7, 4);
    std::vector<std::uint64_t> found;
    std::uint64_t frame = 900;
    std::size_t calls = 0;
    MappingPlace place{};
    while (frame < 3000) {
        const std::uint64_t before = frame;
        REQUIRE(++calls < 100);
        if (b.mapping.find_next_of(&frame, 3000, 3, 7, 100, &place)) {
            found.push_back(frame);
            b.mapping.break_at(place);
        }
        CHECK(frame <= before + 100);
    }
    CHECK(frame == 3000);
    CHECK(found == std::vector<std::uint64_t>{1000, 1001, 1500, 2999});
    b.in_order();
}

TEST_CASE("unowned pages: every refusal, rights, caching, and the way back") {
    Bench b;
    const Snapshot before = b.snapshot();
    const std::uint64_t device_frame = 0xfebf'0000 >> 12;
    const auto refused = [&](Error error, const Tree& tree, const UnownedRequest& request) {
        const Status status = b.mapping.map_unowned(tree, request);
        REQUIRE(!status);
        CHECK(error_name(status.error()) == std::string(error_name(error)));
        CHECK(b.snapshot() == before);
    };
    refused(Error::BadAddress, b.first, {user_end, device_frame, rw, 5, CacheMode::Uncached});
    refused(Error::BadAddress, b.device, {0x1000, device_frame, rw, 5, CacheMode::Uncached});
    refused(Error::Misaligned, b.first, {base + 4, device_frame, rw, 5, CacheMode::Uncached});
    refused(Error::OutOfRange, b.first, {base, 1ull << 36, rw, 5, CacheMode::Uncached});
    refused(Error::InUse, b.first, {base, 1000, rw, 5, CacheMode::Uncached}); // Data has owners
    refused(Error::NoTable, b.first, {0, device_frame, rw, 5, CacheMode::Uncached});

    REQUIRE(b.mapping.map_unowned(b.first, {base, device_frame, rw, 5, CacheMode::Uncached}).has_value());
    REQUIRE(b.mapping.map_unowned(b.first, {base + 0x1000, 3, right::Read, 0, CacheMode::WriteBack}).has_value());
    CHECK(b.mapping.map_unowned(b.first, {base, device_frame, rw, 5, CacheMode::Uncached}).error() == Error::Occupied);
    b.in_order();
    const std::uint64_t uncached = page_entry::cache_disable | page_entry::write_through;
    CHECK((*reach(b.frames, b.first, base, 1).entry & uncached) == uncached);
    CHECK((*reach(b.frames, b.first, base + 0x1000, 1).entry & uncached) == 0);
    CHECK(b.mapping.translate(b.first, base)->frame == device_frame);
    CHECK(b.mapping.translate(b.first, base)->unowned);
    // Rights stay within those it was made with, and caching stays.
    CHECK(b.mapping.protect(b.first, base + 0x1000, rw).error() == Error::NoRight);
    CHECK(b.mapping.protect(b.first, base, page_rights).error() == Error::NoRight);
    CHECK(*b.mapping.protect(b.first, base, right::Read) == true);
    CHECK((*reach(b.frames, b.first, base, 1).entry & uncached) == uncached);
    CHECK(b.mapping.translate(b.first, base)->unowned);
    b.in_order();
    CHECK(*b.mapping.unmap(b.first, base) == 1);
    CHECK(b.mapping.unmap_run(b.first, base + 0x1000, 1).done == 1);
    CHECK(b.snapshot() == before);
}

TEST_CASE("unowned pages are found by slot, in bounded steps") {
    Bench b;
    b.add_tables(b.first, base + large_page_bytes, 1, &b.next);
    const std::vector<std::uint64_t> pages{base + 0x3000, base + 0x4000, base + large_page_bytes + 511 * page_bytes};
    for (const std::uint64_t address : pages) {
        REQUIRE(b.mapping.map_unowned(b.first, {address, 0xfe000, rw, 5, CacheMode::Uncached}).has_value());
    }
    REQUIRE(b.mapping.map_unowned(b.first, {base, 0xfe001, rw, 6, CacheMode::Uncached}).has_value());
    b.put(b.first, base + 0x8000, 1000, 5, 3); // owned, with the same slot: not meant
    std::uint64_t address = 0;
    std::vector<std::uint64_t> found;
    MappingPlace place{};
    std::size_t calls = 0;
    while (address < user_end) {
        REQUIRE(++calls < 2000);
        if (b.mapping.find_unowned(b.first, 5, &address, 3, &place)) {
            CHECK(b.mapping.place_address(place) == address);
            found.push_back(address);
            b.mapping.break_at(place);
        }
    }
    CHECK(address == user_end);
    CHECK(found == pages);
    CHECK(b.mapping.translate(b.first, base).has_value());
    CHECK(b.mapping.translate(b.first, base + 0x8000).has_value());
    b.in_order();
}

} // namespace exo::test
