// DMA translation for the floor: one domain for all functions, VT-d's legacy mode with second-level tables (VT-d 9.1,
// 9.3, 9.8). See machine.hpp.
#include "drivers/iommu/spec.hpp"

#include "bench/network/floor/machine.hpp"

namespace bench::floor {

namespace {

constexpr std::uint64_t unit_base = 0xfed9'0000; // of the reference machine
constexpr std::uint64_t read_write = 3;
constexpr unsigned entries = 512;
constexpr std::uint64_t table_reach = entries * exo::page_bytes; // of a last-level table

template <typename Value>
volatile Value& unit(std::uint64_t offset) {
    return *reinterpret_cast<volatile Value*>(unit_base + offset); // Safe: mapped at its address.
}

template <typename Entry = std::uint64_t>
Entry* new_table() {
    return reinterpret_cast<Entry*>(take_pages(exo::page_bytes)); // Safe: a zeroed page.
}

std::uint64_t address_of(const void* table) {
    return reinterpret_cast<std::uint64_t>(table);
}

// Addresses map to themselves.
std::uint64_t make_domain(unsigned levels) {
    auto* const directory = new_table();
    for (std::uint64_t at = 0; at < memory_end; at += table_reach) {
        auto* const table = new_table();
        for (unsigned i = 0; i < entries; ++i)
            table[i] = (at + i * exo::page_bytes) | read_write;
        directory[at / table_reach] = address_of(table) | read_write;
    }
    std::uint64_t root = address_of(directory);
    for (unsigned level = 2; level < levels; ++level) {
        auto* const above = new_table();
        above[0] = root | read_write;
        root = address_of(above);
    }
    return root;
}

bool command(std::uint32_t bit) {
    namespace reg = exo::iommu::reg;
    unit<std::uint32_t>(reg::global_command) =
        (unit<std::uint32_t>(reg::global_status) & exo::iommu::global::states) | bit;
    for (unsigned tries = 0; tries < 1'000'000; ++tries)
        if (unit<std::uint32_t>(reg::global_status) & bit)
            return true;
    return false;
}

} // namespace

bool translate_dma() {
    using namespace exo::iommu;
    const std::uint64_t capabilities = unit<std::uint64_t>(reg::capability);
    if (capabilities == ~0ull || (capabilities & (cap::levels_3 | cap::levels_4)) == 0)
        return false;
    const std::uint8_t levels = capabilities & cap::levels_4 ? 4 : 3;
    const std::uint64_t domain = make_domain(levels);
    auto* const root = new_table<TableEntry>();
    auto* const contexts = new_table<TableEntry>();
    for (std::size_t i = 0; i < entries_per_table; ++i) {
        contexts[i] = context_entry(domain, levels, 1);
        root[i] = {address_of(contexts) | entry_present, 0};
    }
    unit<std::uint64_t>(reg::root_table) = address_of(root);
    return command(global::set_root_table) && command(global::translation);
}

} // namespace bench::floor
