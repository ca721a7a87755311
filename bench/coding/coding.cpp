// Checksums and codes beside their peers: turn by turn, the least time of each counts, for the host does other things
// too.
#include "bench/coding/plain.hpp"
#include "bench/coding/recovery.hpp"
#include "libos/coding/checksum.hpp"
#include "libos/coding/erasure.hpp"
#include "libos/coding/isal.hpp"
#include "libos/coding/tables.hpp"
#include "libos/coding/vector_unit.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <print>
#include <string>
#include <vector>
#include <zlib.h>

namespace {

using namespace exo::coding;
using coding_bench::PlainCoder;
using Clock = std::chrono::steady_clock;

constexpr std::size_t page = 4096;
constexpr unsigned data = 8, parity = 3;

struct Contender {
    std::string name;
    std::function<void()> work;
    double best_ns = 1e18;
};

bool wrong = false;
void expect(bool same, const char* what) {
    if (!same)
        std::println(stderr, "bench coding: {} gave something else", what);
    wrong = wrong || !same;
}

// The first is ours, the second the one it is held to.
void compare(const std::string& row, double octets, std::vector<Contender> contenders, unsigned rounds) {
    constexpr unsigned calls = 64;
    for (unsigned round = 0; round < rounds; round++)
        for (Contender& contender : contenders) {
            const auto begin = Clock::now();
            for (unsigned call = 0; call < calls; call++)
                contender.work();
            const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
            contender.best_ns = std::min(contender.best_ns, took.count() / calls);
        }
    for (const Contender& contender : contenders)
        std::println("{:28} {:24} {:9.0f} ns {:8.2f} GB/s {:7.3f} of ours", row, contender.name, contender.best_ns,
                     octets / contender.best_ns, contenders[0].best_ns / contender.best_ns);
    std::println("{:28} goal: at least 0.95 of ISA-L's own speed: {:.3f}", row,
                 contenders[1].best_ns / contenders[0].best_ns);
}

const unsigned char* octets(const std::byte* at) {
    return reinterpret_cast<const unsigned char*>(at); // Safe: octets are octets.
}

void checksums(unsigned rounds) {
    std::vector<std::byte> memory(page);
    for (std::size_t i = 0; i < page; i++)
        memory[i] = static_cast<std::byte>(i * i >> 3);
    volatile std::uint64_t sink;
    expect(crc64(0, memory.data(), page) == crc64_by_tables(0, memory.data(), page), "CRC64");
    compare("CRC64 of 4 KiB", page,
            {{"libos/coding", [&] { sink = crc64(0, memory.data(), page); }},
             {"ISA-L", [&] { sink = crc64_ecma_refl_by8(0, octets(memory.data()), page); }},
             {"tables", [&] { sink = crc64_by_tables(0, memory.data(), page); }},
             {"zlib crc32", [&] { sink = ::crc32(0, octets(memory.data()), page); }}},
            rounds);
    // As a batch of the store is summed.
    constexpr std::size_t pages = 16;
    std::vector<std::byte> batch(pages * page, std::byte{7});
    const std::byte* each[pages];
    std::uint64_t sums[pages] = {}, others[pages] = {};
    for (std::size_t i = 0; i < pages; i++)
        each[i] = batch.data() + i * page;
    crc64_of_pages(each, sums);
    for (std::size_t i = 0; i < pages; i++)
        expect(sums[i] == crc64_by_tables(0, each[i], page), "CRC64 of pages");
    compare("CRC64 of 16 pages", pages * page,
            {{"libos/coding", [&] { crc64_of_pages(each, sums); }},
             {"ISA-L",
              [&] {
                  for (std::size_t i = 0; i < pages; i++)
                      others[i] = crc64_ecma_refl_by8(others[i], octets(each[i]), page);
              }},
             {"zlib crc32", [&] { sink = ::crc32(0, octets(batch.data()), pages * page); }}},
            rounds);
    compare("CRC32C of 4 KiB", page,
            {{"libos/coding", [&] { sink = crc32c(0, memory.data(), page); }},
             {"ISA-L", [&] { sink = crc32_iscsi_01(octets(memory.data()), page, ~0u); }},
             {"ISA-L, no vectors", [&] { sink = crc32_iscsi_00(octets(memory.data()), page, ~0u); }},
             {"zlib crc32", [&] { sink = ::crc32(0, octets(memory.data()), page); }}},
            rounds);
}

// The function of ISA-L for this machine.
void isal_product(unsigned char* tables, unsigned char** from, unsigned char** to) {
    switch (vector_level()) {
    case VectorLevel::Avx512:
        gf_3vect_dot_prod_avx512(page, data, tables, from, to);
        return;
    case VectorLevel::Avx2:
        gf_3vect_dot_prod_avx2(page, data, tables, from, to);
        return;
    case VectorLevel::Sse:
        gf_3vect_dot_prod_sse(page, data, tables, from, to);
        return;
    case VectorLevel::None:
        ec_encode_data_base(page, data, parity, tables, from, to);
        return;
    }
}

// Rows as the store makes them: those of a write together, with the vector registers kept once.
constexpr unsigned row_count = 16;
using Rows = std::vector<std::vector<std::byte>>; // units of the first row, then those of the next

std::vector<std::byte*> addresses(Rows& rows) {
    std::vector<std::byte*> all;
    for (auto& unit : rows)
        all.push_back(unit.data());
    return all;
}

void codes(unsigned rounds) {
    Rows from(row_count * data, std::vector<std::byte>(page));
    Rows ours(row_count * parity, std::vector<std::byte>(page)), isal = ours, simple = ours;
    for (unsigned i = 0; i < from.size(); i++)
        for (std::size_t at = 0; at < page; at++)
            from[i][at] = static_cast<std::byte>((at + 7 * i) * (at + i) >> 2);
    std::vector<std::byte*> sources = addresses(from), made = addresses(ours), others = addresses(isal),
                            plains = addresses(simple);
    const ErasureCode code(data, parity);
    const PlainCoder plain(data, parity);
    unsigned char matrix[(data + parity) * data], tables[parity * data * 32];
    gf_gen_cauchy1_matrix(matrix, data + parity, data);
    ec_init_tables(data, parity, matrix + data * data, tables);
    auto** const raw = reinterpret_cast<unsigned char**>(sources.data()); // Safe: octets are octets.
    auto** const raw_made = reinterpret_cast<unsigned char**>(others.data());
    const auto make_rows = [&](const Recipe& recipe) {
        const VectorUse use(vector_level());
        for (unsigned row = 0; row < row_count; row++)
            recipe.make(use, page, sources.data() + row * data, made.data() + row * parity);
    };
    const auto isal_rows = [&] {
        for (unsigned row = 0; row < row_count; row++)
            isal_product(tables, raw + row * data, raw_made + row * parity);
    };
    compare("8+3: parity of a row", data * page,
            {{"libos/coding", [&] { code.encoding().make(page, sources.data(), made.data()); }},
             {"ISA-L", [&] { isal_product(tables, raw, raw_made); }},
             {"plain C++", [&] { plain.make(page, sources.data(), plains.data()); }}},
            rounds);
    compare("8+3: parity of 16 rows", row_count * data * page,
            {{"libos/coding", [&] { make_rows(code.encoding()); }}, {"ISA-L", isal_rows}}, rounds);
    for (unsigned row = 0; row < row_count; row++)
        plain.make(page, sources.data() + row * data, plains.data() + row * parity);
    expect(ours == isal && ours == simple, "parity");
    // Units 0, 3 and 5 of each row are lost, and parity takes their place among the sources.
    Recipe recipe;
    constexpr std::uint32_t lost = 1u << 0 | 1u << 3 | 1u << 5;
    expect(code.decoding(((1u << (data + parity)) - 1) & ~lost, lost, recipe), "decoding");
    Rows parities = ours;
    std::vector<std::byte*> whole = sources;
    for (unsigned row = 0; row < row_count; row++)
        for (unsigned i = 0; i < data; i++)
            sources[row * data + i] = recipe.source(i) < data ? whole[row * data + recipe.source(i)]
                                                              : parities[row * parity + recipe.source(i) - data].data();
    compare("8+3: three lost of a row", data * page,
            {{"libos/coding", [&] { recipe.make(page, sources.data(), made.data()); }},
             {"ISA-L", [&] { isal_product(tables, raw, raw_made); }},
             {"plain C++", [&] { plain.make(page, sources.data(), plains.data()); }}},
            rounds);
    compare("8+3: three lost of 16 rows", row_count * data * page,
            {{"libos/coding", [&] { make_rows(recipe); }}, {"ISA-L", isal_rows}}, rounds);
    for (unsigned row = 0; row < row_count; row++)
        for (unsigned i = 0; i < parity; i++)
            expect(ours[row * parity + i] == from[row * data + recipe.target(i)], "what was lost");
}

} // namespace

int main(int count, char** words) {
    const bool smoke = count > 1 && std::strcmp(words[1], "--smoke") == 0;
    if (count > 1 && !smoke) {
        std::println(stderr, "usage: coding [--smoke]");
        return 2;
    }
    const unsigned rounds = smoke ? 3 : 300;
    checksums(rounds);
    codes(rounds);
    for (const std::uint64_t mib : {16u, 64u, 256u, 1024u}) {
        if (smoke && mib > 16)
            break;
        double best = 1e9;
        coding_bench::Recovery recovery;
        for (unsigned run = 0; run < (smoke ? 1u : 3u); run++) {
            recovery = coding_bench::measure_recovery(mib << 20);
            expect(recovery.seconds >= 0, "recovery");
            best = std::min(best, recovery.seconds);
        }
        std::println("recovery, {:5} MiB of log      {:9.1f} ms, {} batches, {} pages (goal for 1024 MiB: 1000 ms)",
                     recovery.log_bytes >> 20, best * 1000, recovery.batches, recovery.pages);
    }
    return wrong;
}
