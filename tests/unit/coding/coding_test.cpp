// Every length, every pattern of lost units, every level of the vector unit: the results of the definitions, and vector
// registers as they were.
#include "libos/coding/checksum.hpp"
#include "libos/coding/deflate.hpp"
#include "libos/coding/erasure.hpp"
#include "libos/coding/tables.hpp"
#include "libos/coding/vector_unit.hpp"
#include "tests/unit/coding/kept.hpp"
#include "tests/unit/coding/reference.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <doctest/doctest.h>
#include <random>

using namespace exo::coding;
using namespace coding_test;

extern "C" void test_with_registers(const std::byte* values, std::byte* found, void (*call)(void*), void* argument,
                                    int width);

namespace {

Octets random_octets(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Octets octets(count);
    for (std::byte& octet : octets)
        octet = static_cast<std::byte>(random());
    return octets;
}

// Does it at each level that this machine has.
template <typename Work>
void at_each_level(Work&& work) {
    limit_vector_level(VectorLevel::Avx512);
    const VectorLevel top = vector_level();
    for (unsigned level = 0; level <= static_cast<unsigned>(top); level++) {
        limit_vector_level(static_cast<VectorLevel>(level));
        work(static_cast<VectorLevel>(level));
    }
    limit_vector_level(VectorLevel::Avx512);
}

struct Units {
    Units(unsigned data, unsigned parity, std::size_t bytes) {
        for (unsigned i = 0; i < data; i++)
            all.push_back(random_octets(bytes, i + 1));
        for (Octets& unit : parity_of(all, parity))
            all.push_back(std::move(unit));
    }
    std::vector<Octets> all;
};

// Makes the units of `wanted` from `usable`; whether they are what they were.
bool recovers(const ErasureCode& code, const Units& units, std::uint32_t usable, std::uint32_t wanted) {
    Recipe recipe;
    if (!code.decoding(usable, wanted, recipe))
        return false;
    const std::byte* from[data_units_max];
    std::vector<Octets> made(recipe.target_count(), Octets(units.all[0].size()));
    std::byte* to[parity_units_max];
    for (unsigned i = 0; i < recipe.source_count(); i++)
        from[i] = units.all[recipe.source(i)].data();
    for (unsigned i = 0; i < recipe.target_count(); i++)
        to[i] = made[i].data();
    recipe.make(units.all[0].size(), from, to);
    bool same = true;
    for (unsigned i = 0; i < recipe.target_count(); i++)
        same = same && made[i] == units.all[recipe.target(i)];
    return same;
}

} // namespace

TEST_CASE("checksums of every length and alignment are those of their definitions, at every level") {
    const Octets octets = random_octets(5000, 1);
    CHECK(crc32c_by_bits(std::as_bytes(std::span("123456789", 9))) == 0xe3069283); // RFC 3720 B.4's kind of check value
    CHECK(crc64_by_bits(std::as_bytes(std::span("123456789", 9))) == 0x995dc9bbdf1939fa); // of XZ
    at_each_level([&](VectorLevel) {
        for (std::size_t bytes = 0; bytes < 4500; bytes += bytes < 600 ? 1 : 97) {
            const std::span<const std::byte> run(octets.data() + bytes % 17, bytes);
            REQUIRE(crc32c(0, run.data(), bytes) == crc32c_by_bits(run));
            REQUIRE(crc64(0, run.data(), bytes) == crc64_by_bits(run));
            REQUIRE(crc64_by_tables(0, run.data(), bytes) == crc64_by_bits(run));
            const std::size_t cut = bytes * 3 / 7; // in two pieces
            REQUIRE(crc32c(crc32c(0, run.data(), cut), run.data() + cut, bytes - cut) == crc32c_by_bits(run));
            REQUIRE(crc64(crc64(0, run.data(), cut), run.data() + cut, bytes - cut) == crc64_by_bits(run));
        }
        const Octets longer = random_octets(40'000, 2);
        CHECK(crc32c(0, longer.data() + 3, 39'990) == crc32c_by_bits(std::span(longer).subspan(3, 39'990)));
    });
}

TEST_CASE("pages together have the checksums that they have one by one") {
    const Octets octets = random_octets(5 * crc64_page_bytes, 3);
    at_each_level([&](VectorLevel) {
        const std::byte* pages[5];
        std::uint64_t sums[5];
        for (std::size_t i = 0; i < 5; i++) {
            pages[i] = octets.data() + (4 - i) * crc64_page_bytes;
            sums[i] = i * 0x1234567;
        }
        crc64_of_pages(pages, sums);
        for (std::size_t i = 0; i < 5; i++)
            CHECK(sums[i] == crc64_by_tables(i * 0x1234567, pages[i], crc64_page_bytes));
    });
}

TEST_CASE("whatever m units are lost of small codes, they come back from the others") {
    for (const auto& [data, parity] : {std::pair{1u, 1u}, {1u, 2u}, {2u, 1u}, {2u, 2u}, {3u, 2u}, {4u, 2u}, {5u, 4u}}) {
        const ErasureCode code(data, parity);
        const Units units(data, parity, 192);
        const std::uint32_t all = (1u << code.units()) - 1;
        at_each_level([&](VectorLevel) {
            for (std::uint32_t lost = 0; lost <= all; lost++) {
                const bool possible = static_cast<unsigned>(std::popcount(lost)) <= parity;
                CHECK(recovers(code, units, all & ~lost, lost) == possible);
            }
        });
    }
}

TEST_CASE("8+3 and 16+4: parity by definition, and a thousand losses") {
    std::mt19937_64 random(4);
    for (const auto& [data, parity] : {std::pair{8u, 3u}, {16u, 4u}}) {
        const ErasureCode code(data, parity);
        const Units units(data, parity, 4096);
        const std::uint32_t all = (1u << code.units()) - 1;
        at_each_level([&](VectorLevel) {
            CHECK(recovers(code, units, (1u << data) - 1, all & ~((1u << data) - 1)));
            for (unsigned i = 0; i < 250; i++) {
                std::uint32_t lost = 0;
                while (static_cast<unsigned>(std::popcount(lost)) < parity)
                    lost |= 1u << random() % code.units();
                REQUIRE(recovers(code, units, all & ~lost, lost));
            }
        });
    }
}

namespace {

// Octets that compress to about a half, with runs that come again.
Octets compressible_page(std::uint64_t seed) {
    Octets page = random_octets(4096, seed);
    for (std::size_t i = 0; i < page.size(); i++)
        page[i] = i % 300 > 200 ? page[i - 200] : page[i] & std::byte{0x1f};
    return page;
}

} // namespace

TEST_CASE("pages are compressed and expanded, the same at every level; what is no page is not taken for one") {
    Deflater deflater;
    Inflater inflater;
    REQUIRE((deflater.open() && inflater.open()));
    for (std::uint64_t seed = 0; seed < 20; seed++) {
        const Octets page = compressible_page(seed);
        Octets stream(4096), expanded(4096);
        stream.resize(deflater.pack(page, stream));
        REQUIRE((stream.size() > 1000 && stream.size() < 3000));
        CHECK(deflater.pack(page, std::span(expanded).first(stream.size() - 1)) == 0);
        at_each_level([&](VectorLevel) {
            std::ranges::fill(expanded, std::byte{});
            REQUIRE(inflater.unpack(stream, expanded));
            CHECK(expanded == page);
            CHECK_FALSE(inflater.unpack(std::span(stream).first(stream.size() - 1), expanded));
            CHECK_FALSE(inflater.unpack(std::span(stream).subspan(1), expanded));
            CHECK_FALSE(inflater.unpack(stream, std::span(expanded).first(4095)));
            Octets longer(stream);
            longer.push_back(std::byte{});
            CHECK_FALSE(inflater.unpack(longer, expanded));
            CHECK_FALSE(inflater.unpack({}, expanded));
        });
    }
}

TEST_CASE("a program's vector registers are kept") {
    const ErasureCode code(3, 2);
    Units units(3, 2, 256);
    const Octets page = random_octets(4096, 9);
    KeptWork work{.page = page.data(), .encoding = &code.encoding()};
    for (unsigned i = 0; i < 5; i++)
        (i < 3 ? work.data[i] : work.parity[i - 3]) = units.all[i].data();
    limit_vector_level(VectorLevel::Avx512);
    const VectorLevel top = vector_level();
    const std::size_t width = top == VectorLevel::Avx512 ? 64 : top == VectorLevel::Avx2 ? 32 : 16;
    at_each_level([&](VectorLevel level) {
        const Octets values = random_octets(2048 + 64, 11);
        Octets found(2048 + 64);
        test_with_registers(values.data(), found.data(), do_kept_work, &work, static_cast<int>(width));
        const unsigned count = width == 64 ? 32 : 16;
        for (unsigned i = 0; i < count; i++)
            CHECK_MESSAGE(std::memcmp(values.data() + 64 * i, found.data() + 64 * i, width) == 0, "register ", i,
                          " at level ", static_cast<int>(level));
        for (unsigned i = 1; width == 64 && i < 8; i++)
            CHECK_MESSAGE(std::memcmp(values.data() + 64 * i, found.data() + 2048 + 8 * i, 8) == 0, "mask ", i);
        CHECK(work.sum == (crc64_by_bits(page) ^ crc32c_by_bits(page)));
    });
}
