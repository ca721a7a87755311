// A function in the hands of an owner: windows, DMA domain, interrupts. The way back is release_test.cpp.
#include "tests/unit/device/lab.hpp"

#include <doctest/doctest.h>

using namespace device_test;
using exo::Error;
namespace pci = exo::pci;
namespace right = exo::right;

namespace {

struct OwnedNic : Lab {
    std::uint32_t nic_index;
    OwnedNic() {
        segment.add(0, 1, 0, Lab::nic());
        discover();
        nic_index = index_of(0, 1);
        REQUIRE(exo::function_acquire(nic_index, owner));
    }
    exo::Status window(std::uint64_t address, std::uint32_t bar, std::uint64_t page, std::uint64_t count,
                       exo::Rights rights) {
        return exo::bind_bar(nic_index, owner_tree,
                             {.address = address, .bar = bar, .first_page = page, .count = count, .rights = rights});
    }
};

constexpr exo::Rights read_write = right::Read | right::Write;

} // namespace

TEST_CASE("one owner at a time") {
    OwnedNic lab;
    CHECK(lab.infos[0].owner == owner);
    CHECK(exo::function_acquire(0, owner));
    CHECK(exo::function_acquire(0, stranger).error() == Error::Occupied);
    CHECK(exo::function_acquire(1, owner).error() == Error::OutOfRange);
    CHECK((lab.segment.at(0, 1, 0).command() & pci::command::memory_space) != 0);
    CHECK((lab.segment.at(0, 1, 0).command() & pci::command::bus_master) == 0);
}

TEST_CASE("windows: registers uncached, whole or not at all") {
    OwnedNic lab;
    REQUIRE(lab.window(0x10000, 0, 0, 4, read_write));
    const auto page = lab.mapping.translate(lab.owner_tree, 0x12000);
    REQUIRE(page);
    CHECK(page->frame == nic_bar_at / exo::page_bytes + 2);
    CHECK(page->unowned);
    CHECK(page->rights == read_write);
    CHECK(lab.window(0x13000, 0, 0, 2, read_write).error() == Error::Occupied);
    CHECK_FALSE(lab.mapping.translate(lab.owner_tree, 0x14000)); // nothing of the failed one
    // The second half has no page table: the first half goes again.
    CHECK(lab.window(0x1ff000, 0, 0, 2, read_write).error() == Error::NoTable);
    CHECK_FALSE(lab.mapping.translate(lab.owner_tree, 0x1ff000));
    CHECK(lab.window(0x20000, 0, 0, 1, right::Execute).error() == Error::BadArgument);
    CHECK(lab.window(0x20000, 0, 0, 1, 0).error() == Error::BadArgument);
}

TEST_CASE("windows: nothing outside the BAR, no BAR that is not there, none below a page") {
    OwnedNic lab;
    CHECK(lab.window(0x10000, 0, 16, 1, right::Read).error() == Error::OutOfRange);
    CHECK(lab.window(0x10000, 0, 15, 2, right::Read).error() == Error::OutOfRange);
    CHECK(lab.window(0x10000, 0, ~0ull, 2, right::Read).error() == Error::OutOfRange);
    CHECK(lab.window(0x10000, 0, 0, ~0ull, right::Read).error() == Error::OutOfRange);
    CHECK(lab.window(0x10000, 0, 0, 0, right::Read).error() == Error::OutOfRange);
    CHECK(lab.window(0x10000, 1, 0, 1, right::Read).error() == Error::OutOfRange);
    CHECK(lab.window(0x10000, 7, 0, 1, right::Read).error() == Error::OutOfRange);
    exo::functions[0].bars.bar[2] = {.base = 0x7000'0100, .bytes = 0x100};
    CHECK(lab.window(0x10000, 2, 0, 1, right::Read).error() == Error::OutOfRange);
}

TEST_CASE("windows: a BAR over memory shows nothing") {
    OwnedNic lab;
    for (const std::uint64_t frame : {std::uint64_t{64}, first_data_frame + 512}) {
        exo::functions[0].bars.bar[3] = {.base = frame * exo::page_bytes, .bytes = 0x1000};
        CHECK(lab.window(0x10000, 3, 0, 1, right::Read).error() == Error::OutOfRange);
    }
}

TEST_CASE("windows: the MSI-X table, its pending bits and configuration space are never writable") {
    OwnedNic lab;
    CHECK(lab.window(0x10000, 0, 8, 1, read_write).error() == Error::NoRight);
    CHECK(lab.window(0x10000, 0, 10, 1, read_write).error() == Error::NoRight);
    CHECK(lab.window(0x10000, 0, 0, 16, read_write).error() == Error::NoRight);
    CHECK(lab.window(0x10000, 0, 7, 2, right::Write).error() == Error::NoRight);
    CHECK(lab.window(0x10000, 0, 9, 1, read_write));
    CHECK(lab.window(0x20000, 0, 8, 1, right::Read));
    CHECK(lab.window(0x30000, exo::config_space_bar, 0, 1, read_write).error() == Error::NoRight);
    REQUIRE(lab.window(0x30000, exo::config_space_bar, 0, 1, right::Read));
    CHECK(lab.mapping.translate(lab.owner_tree, 0x30000)->frame == (ecam_at + (1 << 15)) / exo::page_bytes);
    CHECK(lab.window(0x40000, exo::config_space_bar, 1, 1, right::Read).error() == Error::OutOfRange);
}

TEST_CASE("windows: as many as there are places, and a place again after unbind") {
    OwnedNic lab;
    for (std::uint64_t i = 0; i < exo::windows_per_function_max; ++i) {
        REQUIRE(lab.window(0x10000 + i * 0x1000, 0, 0, 1, right::Read));
    }
    CHECK(lab.window(0x80000, 0, 0, 1, right::Read).error() == Error::TableFull);
    CHECK(exo::unbind_bar(0, lab.owner_tree, 0x80000, 1).error() == Error::NotBound);
    CHECK(exo::unbind_bar(0, lab.owner_tree, 0x10000, 2).error() == Error::NotBound);
    REQUIRE(exo::unbind_bar(0, lab.owner_tree, 0x10000, 1));
    CHECK_FALSE(lab.mapping.translate(lab.owner_tree, 0x10000));
    CHECK(lab.window(0x80000, 0, 0, 1, right::Read));
}

TEST_CASE("DMA: nothing, then exactly what is bound, then nothing") {
    OwnedNic lab;
    const std::uint64_t frame = 4000;
    CHECK(lab.bind_page(0, 0x1000, frame).error() == Error::NoTable);
    CHECK(exo::bind_dma_table(0, 0, 2, lab.take_pair(), 2, owner).error() == Error::NoTable);
    lab.bind_dma_tables(0);
    CHECK(exo::bind_dma_table(0, 0, 3, lab.take_pair(), 2, owner).error() == Error::Occupied);
    CHECK_FALSE(lab.reaches(0, 0x1000, frame));
    CHECK((lab.segment.at(0, 1, 0).command() & pci::command::bus_master) == 0);
    REQUIRE(lab.bind_page(0, 0x1000, frame));
    CHECK((lab.segment.at(0, 1, 0).command() & pci::command::bus_master) != 0);
    CHECK(lab.reaches(0, 0x1000, frame));
    CHECK_FALSE(lab.machine.access(0x0008, 0x2000, false));
    CHECK(lab.bind_page(0, 0x1000, frame + 1).error() == Error::Occupied);
    REQUIRE(lab.bind_page(0, 0x2000, frame + 1, right::Read));
    CHECK(lab.machine.access(0x0008, 0x2000, false));
    CHECK_FALSE(lab.machine.access(0x0008, 0x2000, true));
    REQUIRE(exo::unbind_dma(0, 0x1000, 1, 1));
    CHECK_FALSE(lab.reaches(0, 0x1000, frame));
    CHECK(exo::unbind_dma(0, 0x1000, 1, 1).error() == Error::NotBound);
    // A frame that stopped being Data cannot be bound.
    CHECK(lab.bind_page(0, 0x3000, 64).error() == Error::InUse);
}

TEST_CASE("DMA: a run is bound whole or not at all") {
    OwnedNic lab;
    lab.bind_dma_tables(0);
    REQUIRE(lab.bind_page(0, 0x3000, 4000));
    const exo::MapRequest request{.address = 0x1000,
                                  .frame = 5000,
                                  .level = 1,
                                  .rights = read_write,
                                  .rights_max = read_write,
                                  .slot = 3,
                                  .holder = owner};
    CHECK(exo::bind_dma(0, request, 4).error() == Error::Occupied);
    CHECK_FALSE(lab.reaches(0, 0x1000, 5000));
    CHECK(lab.frames.unmapped(5000));
    CHECK(lab.frames.unmapped(5001));
    REQUIRE(exo::bind_dma(0, request, 2));
    CHECK(lab.reaches(0, 0x2000, 5001));
    // Unbinding stops at the first that is not there; what went is out of reach.
    CHECK(exo::unbind_dma(0, 0x2000, 1, 4).error() == Error::NotBound);
    CHECK_FALSE(lab.reaches(0, 0x2000, 5001));
    CHECK_FALSE(lab.reaches(0, 0x3000, 4000));
    CHECK(lab.reaches(0, 0x1000, 5000));
}

TEST_CASE("DMA: limits of addresses, counts and page sizes") {
    OwnedNic lab;
    lab.bind_dma_tables(0);
    const auto bind = [&](std::uint64_t address, std::uint64_t frame, std::uint8_t level, std::uint64_t count) {
        return exo::bind_dma(0,
                             {.address = address,
                              .frame = frame,
                              .level = level,
                              .rights = read_write,
                              .rights_max = read_write,
                              .slot = 3,
                              .holder = owner},
                             count);
    };
    CHECK(bind(0, 4000, 1, 0).error() == Error::OutOfRange);
    CHECK(bind(0, 4000, 1, exo::dma_pages_max + 1).error() == Error::OutOfRange);
    CHECK(bind(0, 4000, 0, 1).error() == Error::BadArgument);
    CHECK(bind(0, 4000, 4, 1).error() == Error::BadArgument);
    CHECK(bind(0, 0, 3, 1).error() == Error::Unsupported);
    CHECK(bind(1ull << 39, 4000, 1, 1).error() == Error::BadAddress);
    CHECK(bind((1ull << 39) - 0x1000, 4000, 1, 2).error() == Error::BadAddress);
    CHECK(bind(0xfee00000, 4000, 1, 1).error() == Error::BadAddress);
    CHECK(bind(0xfedff000, 4000, 1, 2).error() == Error::BadAddress);
    CHECK(bind(0x200000, 4096, 2, 1)); // a large page
    CHECK(lab.reaches(0, 0x201000, 4097));
    const exo::DmaLimits limits = exo::dma_limits(0);
    CHECK(limits.address_bits == 39);
    CHECK(limits.level_max == 2);
}

TEST_CASE("DMA: tables leave only when empty, and never the root") {
    OwnedNic lab;
    lab.bind_dma_tables(0);
    REQUIRE(lab.bind_page(0, 0x1000, 4000));
    REQUIRE(lab.reaches(0, 0x1000, 4000));
    CHECK(exo::unbind_dma_table(0, 0, 1).error() == Error::InUse);
    CHECK(exo::unbind_dma_table(0, 0, 3).error() == Error::BadArgument);
    REQUIRE(exo::unbind_dma(0, 0x1000, 1, 1));
    const auto frame = exo::unbind_dma_table(0, 0, 1);
    REQUIRE(frame);
    CHECK(lab.frames.at(*frame).type == exo::FrameType::Data);
    CHECK(lab.frames.at(*frame + 1).type == exo::FrameType::Data);
    CHECK(exo::unbind_dma_table(0, 0, 1).error() == Error::NoTable);
}

TEST_CASE("DMA: pages broken by a revocation are out of reach after the flush") {
    OwnedNic lab;
    lab.bind_dma_tables(0);
    REQUIRE(lab.bind_page(0, 0x1000, 4000));
    REQUIRE(lab.reaches(0, 0x1000, 4000));
    exo::MappingPlace place;
    REQUIRE(lab.mapping.find_of(4000, owner, 3, &place));
    lab.mapping.break_at(place);
    CHECK(lab.reaches(0, 0x1000, 4000)); // cached by the IOMMU
    REQUIRE(exo::dma_flush(0));
    CHECK_FALSE(lab.reaches(0, 0x1000, 4000));
}

TEST_CASE("DMA: when the IOMMU does not answer, the function loses bus mastering and does not get it back") {
    OwnedNic lab;
    lab.bind_dma_tables(0);
    REQUIRE(lab.bind_page(0, 0x1000, 4000));
    lab.machine.queue_stuck = true;
    CHECK(exo::unbind_dma(0, 0x1000, 1, 1).error() == Error::TimedOut);
    CHECK((lab.segment.at(0, 1, 0).command() & pci::command::bus_master) == 0);
    CHECK(lab.bind_page(0, 0x2000, 4001));
    CHECK((lab.segment.at(0, 1, 0).command() & pci::command::bus_master) == 0);
}

TEST_CASE("DMA: tables are written back before an IOMMU that does not snoop looks") {
    OwnedNic lab;
    Lab blind;
    blind.machine.extended_capability &= ~exo::iommu::ecap::coherent;
    blind.segment.add(0, 1, 0, Lab::nic());
    blind.discover();
    REQUIRE(exo::function_acquire(0, owner));
    blind.machine.events.clear();
    blind.bind_dma_tables(0);
    REQUIRE(blind.bind_page(0, 0x1000, 4000));
    CHECK(blind.machine.events.back() == "write back all");
}

TEST_CASE("interrupts: masked until armed, one at a time") {
    OwnedNic lab;
    REQUIRE(exo::bind_interrupt(0, {.msix_vector = 2, .apic_id = 3, .kernel_vector = 0x55, .cookie = 900}));
    CHECK((lab.segment.at(0, 1, 0).read(lab.segment.at(0, 1, 0).msix_at + 2u, 2) & 0x8000) != 0);
    CHECK_FALSE(lab.interrupt(0, 2));
    REQUIRE(exo::arm_interrupt(0, 2));
    CHECK(lab.interrupt(0, 2) == FakeMachine::Delivery{3, 0x55});
    CHECK(exo::interrupt_fired(900));
    CHECK_FALSE(lab.interrupt(0, 2));
    REQUIRE(exo::arm_interrupt(0, 2));
    REQUIRE(exo::arm_interrupt(0, 2));
    CHECK(lab.interrupt(0, 2) == FakeMachine::Delivery{3, 0x55});
}

TEST_CASE("interrupts: forged by DMA, they close their route until the next arm") {
    OwnedNic lab;
    REQUIRE(exo::bind_interrupt(0, {.msix_vector = 2, .apic_id = 3, .kernel_vector = 0x55, .cookie = 900}));
    const std::uint64_t address = exo::iommu::message_address(exo::route_index(0, 2));
    CHECK(lab.machine.message(0x0008, address, 0)); // the function writes the message itself, masked or not
    CHECK_FALSE(exo::interrupt_fired(900));
    CHECK_FALSE(lab.machine.message(0x0008, address, 0));
    REQUIRE(exo::arm_interrupt(0, 2));
    CHECK(lab.interrupt(0, 2) == FakeMachine::Delivery{3, 0x55});
    CHECK(exo::interrupt_fired(900));
    // Another function's route, and no route at all.
    CHECK_FALSE(lab.machine.message(0x0010, address, 0));
    CHECK_FALSE(lab.machine.message(0x0008, 0xfee0'3055, 0x55));
    CHECK_FALSE(exo::interrupt_fired(901));
    CHECK_FALSE(exo::interrupt_fired(exo::interrupt_cookies_max));
}

TEST_CASE("interrupts: what cannot be bound, and unbinding") {
    OwnedNic lab;
    const auto bind = [](std::uint32_t vector, std::uint32_t cookie) {
        return exo::bind_interrupt(0, {.msix_vector = vector, .apic_id = 3, .kernel_vector = 0x55, .cookie = cookie});
    };
    CHECK(bind(8, 1).error() == Error::OutOfRange);
    CHECK(bind(~0u, 1).error() == Error::OutOfRange);
    CHECK(bind(0, exo::interrupt_cookies_max).error() == Error::OutOfRange);
    REQUIRE(bind(0, 1));
    CHECK(bind(0, 2).error() == Error::Occupied);
    CHECK(bind(1, 1).error() == Error::Occupied);
    CHECK(exo::arm_interrupt(0, 1).error() == Error::NotBound);
    CHECK(exo::arm_interrupt(0, 8).error() == Error::OutOfRange);
    CHECK(exo::unbind_interrupt(0, 1).error() == Error::NotBound);
    REQUIRE(exo::arm_interrupt(0, 0));
    CHECK(exo::unbind_interrupt(0, 0) == 1);
    CHECK_FALSE(lab.interrupt(0, 0));
    CHECK_FALSE(lab.machine.message(0x0008, exo::iommu::message_address(0), 0));
    CHECK_FALSE(exo::interrupt_fired(1));
    CHECK(bind(1, 1));
}

TEST_CASE("faults are charged to the function that made them") {
    OwnedNic lab;
    lab.bind_dma_tables(0);
    CHECK(lab.infos[0].dma_faults == 0);
    (void)lab.machine.access(0x0008, 0x9000, true);
    exo::device_poll_faults();
    CHECK(lab.infos[0].dma_faults == 1);
    (void)lab.machine.access(0x0777, 0x9000, true); // nobody's
    exo::device_poll_faults();
    CHECK(lab.infos[0].dma_faults == 1);
}
