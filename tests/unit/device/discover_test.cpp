// Which functions can be lent, and why the others cannot.
#include "tests/unit/device/lab.hpp"

#include <doctest/doctest.h>

using namespace device_test;
namespace pci = exo::pci;
namespace flag = exo::device_flag;

namespace {

// Whether the standard endpoint can be bound once `change` has been made to the lab.
template <typename Change>
bool bindable(Change&& change) {
    Lab lab;
    lab.segment.add(0, 1, 0, Lab::nic());
    change(lab);
    lab.discover();
    return (lab.infos[lab.index_of(0, 1)].flags & flag::bindable) != 0;
}

exo::DeviceScope scope(exo::DeviceScope::Type type, std::uint8_t path) {
    return {.type = type, .enumeration_id = 0, .start_bus = 0, .path_length = 1, .path = {path}};
}

} // namespace

TEST_CASE("an endpoint is described, quieted and can be bound") {
    Lab lab;
    FakeFunction& nic = lab.segment.add(0, 1, 0, Lab::nic());
    nic.write(pci::header::command, 7, 2);
    nic.write(nic.msix_at + 2u, 0x8000, 2);
    REQUIRE(lab.discover() == 1);
    const exo::DeviceInfo& info = lab.infos[0];
    CHECK(info.flags == (flag::bindable | flag::resettable));
    CHECK(info.owner == 0);
    CHECK(info.vendor == 0x8086);
    CHECK(info.device == 0x10d3);
    CHECK(info.class_code == 0x020000);
    CHECK(info.msix_vectors == 8);
    CHECK(info.msix_bar == 0);
    CHECK(info.msix_offset == 0x8000);
    CHECK(info.bar[0].base == nic_bar_at);
    CHECK(info.bar[0].bytes == 0x10000);
    CHECK(info.dma_levels == 3);
    CHECK((nic.command() & pci::command::bus_master) == 0);
    CHECK((nic.command() & pci::command::interrupt_disable) != 0);
    CHECK((nic.read(nic.msix_at + 2u, 2) & 0x8000) == 0);
    CHECK(exo::device_features() == (exo::feature::iommu | exo::feature::interrupt_remapping));
    CHECK_FALSE(lab.machine.access(0x0008, 0, false));
}

TEST_CASE("what forbids binding") {
    CHECK(bindable([](Lab&) {}));
    CHECK_FALSE(bindable([](Lab& lab) { lab.platform.remapping_unit_count = 0; }));
    CHECK_FALSE(bindable([](Lab& lab) { lab.platform.remapping_unit[0].all_other_functions = false; }));
    CHECK_FALSE(bindable([](Lab& lab) { lab.platform.remapping_unit[0].segment = 1; }));
    CHECK_FALSE(bindable([](Lab& lab) { lab.platform.remapping_incomplete = true; }));
    CHECK_FALSE(bindable([](Lab& lab) { lab.machine.queue_stuck = true; }));
    CHECK_FALSE(bindable([](Lab& lab) { lab.machine.extended_capability &= ~exo::iommu::ecap::interrupt_remapping; }));
    CHECK_FALSE(bindable([](Lab& lab) { lab.segment.at(0, 1, 0).class_code(0x060100); }));
    CHECK_FALSE(bindable([](Lab& lab) {
        lab.platform.reserved_region_count = 1;
        lab.platform.reserved_region[0].scopes = {.scope = {scope(exo::DeviceScope::Type::Endpoint, 1 << 3)},
                                                  .count = 1};
    }));
    CHECK(bindable([](Lab& lab) {
        lab.platform.reserved_region_count = 1;
        lab.platform.reserved_region[0].scopes = {.scope = {scope(exo::DeviceScope::Type::Endpoint, 2 << 3)},
                                                  .count = 1};
    }));
}

TEST_CASE("a function past the IOMMU's last domain cannot be bound") {
    Lab lab;
    lab.machine.capability &= ~7ull; // sixteen domains, of which 0 is not used
    for (unsigned device = 0; device < 20; ++device) {
        lab.segment.add(0, device, 0, FakeFunction());
    }
    lab.discover();
    CHECK((lab.infos[14].flags & flag::bindable) != 0);
    CHECK((lab.infos[15].flags & flag::bindable) == 0);
}

TEST_CASE("a function is behind the unit whose scope names it, or a bridge above it") {
    Lab lab;
    lab.segment.add(0, 2, 0, FakeFunction().bridge(1).express(pci::express::RootPort, false));
    lab.segment.add(1, 0, 0, Lab::nic());
    lab.segment.add(0, 3, 0, FakeFunction());
    exo::RemappingUnit& unit = lab.platform.remapping_unit[0];
    unit.all_other_functions = false;
    unit.scopes = {.scope = {scope(exo::DeviceScope::Type::Bridge, 2 << 3)}, .count = 1};
    lab.discover();
    CHECK((lab.infos[lab.index_of(1, 0)].flags & flag::bindable) != 0);
    CHECK((lab.infos[lab.index_of(0, 3)].flags & flag::bindable) == 0);
    CHECK(lab.infos[lab.index_of(0, 3)].dma_levels == 0);
}

TEST_CASE("an endpoint scope is that endpoint only, and a path goes through bridges") {
    Lab lab;
    lab.segment.add(0, 2, 0, FakeFunction().bridge(1).express(pci::express::RootPort, false));
    lab.segment.add(1, 0, 0, Lab::nic());
    lab.segment.add(1, 1, 0, FakeFunction());
    exo::RemappingUnit& unit = lab.platform.remapping_unit[0];
    unit.all_other_functions = false;
    unit.scopes.count = 1;
    unit.scopes.scope[0] = {.type = exo::DeviceScope::Type::Endpoint,
                            .enumeration_id = 0,
                            .start_bus = 0,
                            .path_length = 2,
                            .path = {2 << 3, 0}};
    lab.discover();
    CHECK((lab.infos[lab.index_of(1, 0)].flags & flag::bindable) != 0);
    CHECK((lab.infos[lab.index_of(1, 1)].flags & flag::bindable) == 0);
}

TEST_CASE("functions that share a requester ID cannot be bound") {
    Lab lab;
    lab.segment.add(0, 3, 0, FakeFunction().bridge(2));
    lab.segment.add(2, 0, 0, Lab::nic());
    lab.discover();
    CHECK((lab.infos[lab.index_of(2, 0)].flags & flag::bindable) == 0);
    CHECK(exo::function_acquire(lab.index_of(2, 0), owner).error() == exo::Error::Unsupported);
}

TEST_CASE("an MSI-X table outside its BAR is not used") {
    Lab lab;
    FakeFunction broken(0x8086, 1);
    broken.bar(0, nic_bar_at, 0x4000).express(0, true).msix(8, 0, 0x3ff0, 0);
    lab.segment.add(0, 1, 0, std::move(broken));
    lab.discover();
    CHECK(lab.infos[0].msix_vectors == 0);
    REQUIRE(exo::function_acquire(0, owner));
    CHECK(exo::bind_interrupt(0, {.msix_vector = 0, .apic_id = 0, .kernel_vector = 0x40, .cookie = 1}).error() ==
          exo::Error::OutOfRange);
}
