// A whole machine for the device layer: PCI functions, IOMMU, frame map and tables, and one environment's page
// tables. The layer's own tables are static, so there is one lab at a time and each starts afresh.
#pragma once

#include "exokernel/device/function_table.hpp"
#include "tests/unit/device/fake_machine.hpp"
#include "tests/unit/device/fake_pci.hpp"

#include <deque>

namespace device_test {

inline constexpr std::uint64_t ecam_at = 0x4000'0000;
inline constexpr std::uint64_t iommu_at = 0x5000'0000;
inline constexpr std::uint64_t nic_bar_at = 0x6000'0000; // 64 KiB: registers, MSI-X table at 0x8000, pending at 0xa000
inline constexpr std::uint16_t owner = 7;
inline constexpr std::uint16_t stranger = 8;
inline constexpr std::uint64_t first_data_frame = 2048;

struct Lab {
    FakeMachine machine;
    FakeSegment segment;
    exo::Platform platform{};
    std::vector<exo::FrameEntry> frame_entries;
    std::vector<exo::RegionEntry> large_entries;
    std::vector<exo::RegionEntry> huge_entries;
    exo::FrameMap frames;
    exo::Mapping mapping;
    exo::DeviceInfo infos[exo::max_functions] = {};
    exo::Tree owner_tree;
    std::uint64_t next_frame = first_data_frame;
    bool hypervisor = true;
    exo::VirtualFunctionWish virtual_functions;

    Lab();
    ~Lab();
    Lab(const Lab&) = delete;

    // The standard endpoint: FLR, MSI-X with 8 vectors, at 00:01.0.
    static FakeFunction nic();
    std::uint32_t discover();
    std::uint32_t index_of(std::uint8_t bus, unsigned device, unsigned function = 0) const;

    std::uint64_t take_pair();
    // Tables from the root down to level 1 for the first 2 MiB of the function's domain.
    void bind_dma_tables(std::uint32_t function);
    exo::Status bind_page(std::uint32_t function, std::uint64_t address, std::uint64_t frame,
                          exo::Rights rights = exo::right::Read | exo::right::Write);
    bool reaches(std::uint32_t function, std::uint64_t address, std::uint64_t frame);
    // Calls function_release until it is done or fails; returns the number of calls.
    exo::Status release(std::uint32_t function, unsigned* calls = nullptr);
    // The MSI-X table of the standard endpoint, entry by entry of four words.
    std::uint32_t msix_word(unsigned vector, unsigned word) { return msix_table[vector * 4 + word]; }
    // The endpoint sends its interrupt, if its table lets it.
    std::optional<FakeMachine::Delivery> interrupt(std::uint32_t function, unsigned vector);

    std::vector<std::uint32_t> msix_table = std::vector<std::uint32_t>(32, 1);
    std::vector<std::uint32_t> freed_cookies;
};

} // namespace device_test
