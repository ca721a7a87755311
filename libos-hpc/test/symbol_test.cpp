// Symbols of a real ELF file (this test itself), and of damaged ones.
#include "libos-hpc/symbol/symbol_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

using namespace exo::hpc;

extern "C" [[gnu::noinline]] int symbol_test_landmark(int value) {
    return value * 3 + 1;
}

// Of the linker: where this program's ELF header lies in memory.
extern "C" [[gnu::visibility("hidden")]] const char __ehdr_start[];

namespace {

std::vector<std::byte> own_image() {
    std::ifstream file("/proc/self/exe", std::ios::binary);
    std::vector<char> text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    std::vector<std::byte> image(text.size());
    std::transform(text.begin(), text.end(), image.begin(), [](char c) { return static_cast<std::byte>(c); });
    return image;
}

} // namespace

TEST_CASE("a function is found by every address in it") {
    CHECK(symbol_test_landmark(2) == 7);
    auto image = own_image();
    SymbolTable table = SymbolTable::open(image);
    REQUIRE(!table.empty());
    // The image may be loaded anywhere; symbols count from its first byte.
    auto address = static_cast<std::uint64_t>(reinterpret_cast<const char*>(&symbol_test_landmark) - __ehdr_start);
    CHECK(table.find(address)->name == "symbol_test_landmark");
    CHECK(table.find(address + 1)->name == "symbol_test_landmark");
    auto before = table.find(address - 1);
    CHECK((!before || before->name != "symbol_test_landmark"));
}

TEST_CASE("damaged images give no names and no crash") {
    auto image = own_image();
    CHECK(SymbolTable::open({}).empty());
    for (std::size_t length : {1u, 63u, 64u, 1000u})
        CHECK(SymbolTable::open(std::span(image).first(length)).empty());
    // Each byte of the header that says where sections are, wrong in turn.
    for (std::size_t at = 40; at < 64; ++at) {
        auto damaged = image;
        damaged[at] ^= std::byte{0xff};
        SymbolTable table = SymbolTable::open(damaged);
        (void)table.find(0x1000);
    }
    auto not_elf = image;
    not_elf[0] = std::byte{0};
    CHECK(SymbolTable::open(not_elf).empty());
}
