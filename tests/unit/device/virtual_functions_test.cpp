// Virtual functions: where they are put, when there are none, and what a reset of the physical one does to them.
#include "tests/unit/device/lab.hpp"

#include <doctest/doctest.h>

using namespace device_test;
namespace pci = exo::pci;
namespace flag = exo::device_flag;
using pci::virtualization::bar0;
using pci::virtualization::control;
using pci::virtualization::count;

namespace {

constexpr std::uint64_t spare_at = 0x70'0000'0000;
constexpr std::uint64_t bar_bytes = 0x4000;
constexpr std::uint16_t on = pci::virtualization::control_enable | pci::virtualization::control_memory_space;

pci::ConfigSpace config_of(FakeFunction& function) {
    return pci::ConfigSpace(function.registers());
}

FakeFunction physical(std::uint16_t total = 4, std::uint16_t first = 1, std::uint16_t stride = 1) {
    FakeFunction made = Lab::nic();
    made.virtual_functions(total, first, stride, bar_bytes, true);
    return made;
}

// What such a function shows of itself: no vendor, no BARs.
FakeFunction virtual_one() {
    FakeFunction made(0xffff, 0xffff);
    made.express(pci::express::IntegratedEndpoint, true).msix(4, 0, 0x2000, 0x3000);
    return made;
}

// A physical function at 00:02.0 with as many virtual ones behind it as are wanted.
struct VirtualLab : Lab {
    explicit VirtualLab(std::uint16_t each, FakeFunction made = physical()) {
        virtual_functions = {.each = each, .registers_begin = spare_at, .registers_end = spare_at + (1 << 20)};
        segment.add(0, 2, 0, std::move(made));
        for (unsigned number = 1; number < 8; ++number) {
            segment.add(0, 2, number, virtual_one());
        }
        discover();
    }
    FakeFunction& function() { return segment.at(0, 2, 0); }
};

} // namespace

TEST_CASE("virtual functions are turned on, described by their physical one, and can be bound") {
    VirtualLab lab(2);
    REQUIRE(exo::function_count == 3);
    CHECK(lab.function().virtual_word(control) == on);
    CHECK(lab.function().virtual_word(count) == 2);
    for (unsigned number = 0; number < 2; ++number) {
        const exo::DeviceInfo& info = lab.infos[lab.index_of(0, 2, number + 1)];
        CHECK(info.flags == (flag::bindable | flag::resettable | flag::is_virtual));
        CHECK(info.vendor == 0x8086);
        CHECK(info.device == 0x4321);
        CHECK(info.bar[0].base == spare_at + number * bar_bytes);
        CHECK(info.bar[0].bytes == bar_bytes);
        CHECK(info.msix_vectors == 4);
    }
    CHECK((lab.infos[lab.index_of(0, 2)].flags & flag::is_virtual) == 0);
}

TEST_CASE("each has its own requester ID, domain and reset") {
    VirtualLab lab(2);
    const std::uint32_t first = lab.index_of(0, 2, 1), second = lab.index_of(0, 2, 2);
    REQUIRE(exo::function_acquire(first, owner));
    REQUIRE(exo::function_acquire(second, stranger));
    lab.bind_dma_tables(first);
    REQUIRE(lab.bind_page(first, 0x1000, 4000));
    CHECK(lab.reaches(first, 0x1000, 4000));
    CHECK_FALSE(lab.reaches(second, 0x1000, 4000));
    CHECK_FALSE(lab.reaches(lab.index_of(0, 2), 0x1000, 4000));
    REQUIRE(lab.release(first));
    CHECK(lab.segment.at(0, 2, 1).resets == 1);
    CHECK(lab.segment.at(0, 2, 2).resets == 0);
    CHECK((lab.infos[first].flags & flag::bindable) != 0);
    CHECK(exo::function_acquire(first, stranger));
}

TEST_CASE("a reset of the physical function turns them off, and its return on again") {
    VirtualLab lab(2);
    const std::uint32_t index = lab.index_of(0, 2);
    REQUIRE(exo::function_acquire(index, owner));
    bool went_off = false;
    lab.function().on_write = [&](std::uint64_t offset, std::uint64_t) {
        went_off = went_off || (offset == pci::header::bar0 && lab.function().virtual_word(control) == 0);
    };
    REQUIRE(lab.release(index));
    CHECK(lab.function().resets == 1);
    CHECK(went_off);
    CHECK(lab.function().virtual_word(control) == on);
    CHECK(lab.function().virtual_word(count) == 2);
    CHECK(lab.function().virtual_word(bar0 + 4) == spare_at >> 32);
}

TEST_CASE("nobody wants any: they stay off") {
    VirtualLab lab(0);
    CHECK(exo::function_count == 1);
    CHECK(lab.function().virtual_word(control) == 0);
}

TEST_CASE("those whose requester IDs would be on another bus are not wanted") {
    FakeFunction function = physical(200, 0x10, 0x20);
    pci::RegisterSpace space{.next = spare_at, .end = spare_at + (64 << 20)};
    const auto plan = pci::plan_virtual_functions(config_of(function), 0x0110, 200, space);
    CHECK(plan.count == 7); // 0120, 0140 to 01e0, and then 0200
    CHECK(plan.source(6) == 0x01e0);
    FakeFunction far = physical(4, 0xff00, 1);
    CHECK(pci::plan_virtual_functions(config_of(far), 0x0110, 4, space).count == 0);
    FakeFunction same = physical(4, 1, 0);
    CHECK(pci::plan_virtual_functions(config_of(same), 0x0110, 4, space).count == 1);
}

TEST_CASE("registers lie where firmware put them, else in the space that is left, else nowhere") {
    pci::RegisterSpace none;
    FakeFunction assigned = Lab::nic();
    assigned.virtual_functions(4, 1, 1, bar_bytes, true, 0x12'0000'0000);
    const auto kept = pci::plan_virtual_functions(config_of(assigned), 0x10, 4, none);
    CHECK(kept.count == 4);
    CHECK(kept.bars_of(3).bar[0].base == 0x12'0000'0000 + 3 * bar_bytes);
    FakeFunction without = physical();
    CHECK(pci::plan_virtual_functions(config_of(without), 0x10, 4, none).count == 0);
    pci::RegisterSpace narrow{.next = spare_at + 1, .end = spare_at + 4 * bar_bytes};
    CHECK(pci::plan_virtual_functions(config_of(without), 0x10, 4, narrow).count == 0);
    CHECK(pci::plan_virtual_functions(config_of(without), 0x10, 3, narrow).count == 3);
    CHECK(narrow.next == narrow.end);
    FakeFunction short_bar = Lab::nic();
    short_bar.virtual_functions(4, 1, 1, bar_bytes, false);
    pci::RegisterSpace high{.next = spare_at, .end = spare_at + (1 << 20)};
    CHECK(pci::plan_virtual_functions(config_of(short_bar), 0x10, 4, high).count == 0);
    pci::RegisterSpace low{.next = 0xd000'0000, .end = 0xd010'0000};
    CHECK(pci::plan_virtual_functions(config_of(short_bar), 0x10, 4, low).count == 4);
}

TEST_CASE("behind a port they stay off, if the device does not say that it keeps them apart") {
    for (const bool says : {false, true}) {
        Lab lab;
        lab.virtual_functions = {.each = 1, .registers_begin = spare_at, .registers_end = spare_at + (1 << 20)};
        lab.segment.add(0, 2, 0, FakeFunction().bridge(1).express(pci::express::RootPort, false));
        FakeFunction made = Lab::nic();
        if (says) {
            made.access_control(0x1d);
        }
        made.virtual_functions(1, 1, 1, bar_bytes, true);
        lab.segment.add(1, 0, 0, std::move(made));
        lab.segment.add(1, 0, 1, virtual_one());
        lab.discover();
        CHECK(exo::function_count == (says ? 3 : 2));
    }
}
