// Fuzzes what the steward reads of a shared disk's catalogue: both copies of one that is right are changed as the input
// says, with or without a checksum that fits. What is refused must be left alone; what opens must keep every extent
// apart from the others and on the disk, whatever is added and removed then, and be the same when it is read again.
#include "steward/catalogue.hpp"
#include "libos/coding/checksum.hpp"
#include "tests/fuzz/patches.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

using namespace exo::steward;

constexpr std::uint64_t blocks = 1 << 14;
constexpr std::uint32_t block_bytes = 512;
using Copies = std::array<CataloguePage, 2>;

void require(bool holds) {
    if (!holds)
        std::abort();
}

void write(Catalogue& catalogue, Copies& copies) {
    const CataloguePage& page = catalogue.seal();
    copies[catalogue.copy()] = page;
}

Copies written() {
    Copies copies{};
    Catalogue catalogue;
    require(catalogue.open(copies, blocks, block_bytes) == nullptr);
    write(catalogue, copies);
    for (const char* const name : {"one", "two", "three"}) {
        require(catalogue.add(name, 1 << 20) == nullptr);
        write(catalogue, copies);
    }
    catalogue.set_ready("two");
    write(catalogue, copies);
    return copies;
}

void check(const Catalogue& catalogue) {
    const auto entries = catalogue.entries();
    require(entries.size() <= catalogue_entries_max);
    for (std::size_t i = 0; i < entries.size(); i++) {
        const CatalogueEntry& entry = entries[i];
        require(entry.first >= extents_at / block_bytes && entry.count != 0 && entry.count <= blocks &&
                entry.first <= blocks - entry.count);
        require(entry.first * block_bytes % extent_alignment == 0 && entry.count * block_bytes % extent_alignment == 0);
        require(entry.state == ExtentState::Unclean || entry.state == ExtentState::Ready);
        require(catalogue.find(entry.name) == &entry);
        for (std::size_t j = 0; j < i; j++)
            require(entries[j].first + entries[j].count <= entry.first ||
                    entry.first + entry.count <= entries[j].first);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Copies good = written();
    Copies copies = good;
    fuzz::Input input({data, size});
    for (unsigned patches = input.octet() % 8; patches != 0; patches--) {
        const unsigned how = input.octet();
        CataloguePage& page = copies[how & 1];
        fuzz::patch(input, {reinterpret_cast<std::byte*>(&page), sizeof page}); // Safe: octets of plain data.
        if ((how & 2) == 0) {
            page.crc32c = 0;
            page.crc32c = exo::coding::crc32c(0, &page, sizeof page);
        }
    }
    Catalogue catalogue;
    if (catalogue.open(copies, blocks, block_bytes) != nullptr)
        return 0;
    check(catalogue);
    while (!input.is_empty()) {
        const unsigned what = input.octet();
        const std::string name = "program-" + std::to_string(what >> 2 & 15);
        if ((what & 3) == 0)
            (void)catalogue.remove(name);
        else if ((what & 3) == 1)
            catalogue.set_ready(name);
        else
            (void)catalogue.add(name, std::uint64_t{input.octet()} << 12);
        check(catalogue);
    }
    write(catalogue, copies);
    Catalogue again;
    require(again.open(copies, blocks, block_bytes) == nullptr);
    require(again.entries().size() == catalogue.entries().size());
    for (const CatalogueEntry& entry : catalogue.entries())
        require(std::memcmp(again.find(entry.name), &entry, sizeof entry) == 0);
    return 0;
}
