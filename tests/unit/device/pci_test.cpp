// drivers/pci on functions made of memory: capability lists, BAR sizes, MSI-X, resets, and the bus tree.
#include "drivers/pci/bars.hpp"
#include "drivers/pci/msix.hpp"
#include "drivers/pci/reset.hpp"
#include "tests/unit/device/fake_pci.hpp"

#include <doctest/doctest.h>

using namespace device_test;
using namespace exo::pci;

namespace {

ConfigSpace config_of(FakeFunction& function) {
    return ConfigSpace(function.registers());
}

const FoundFunction* found(const Topology& topology, std::uint8_t bus, unsigned device, unsigned function = 0) {
    for (std::size_t i = 0; i < topology.function_count; ++i) {
        const FoundFunction& here = topology.function[i];
        if (topology.bus[here.bus].number == bus && here.device_function == (device << 3 | function)) {
            return &here;
        }
    }
    return nullptr;
}

Topology enumerated(FakeSegment& segment) {
    Topology topology;
    enumerate(segment.access(), 0, 255, topology);
    return topology;
}

} // namespace

TEST_CASE("capabilities are found, also the second of a kind, and lists that loop end") {
    FakeFunction function;
    const std::uint8_t first = function.add_capability(0x09, 16);
    function.express(0, true);
    const std::uint8_t second = function.add_capability(0x09, 16);
    const ConfigSpace config = config_of(function);
    CHECK(config.find(Capability::Vendor) == first);
    CHECK(config.find(Capability::Vendor, first) == second);
    CHECK(config.find(Capability::Express) == function.express_at);
    CHECK_FALSE(config.find(Capability::MsiX));
    CHECK_FALSE(config.find(Capability::Vendor, second));

    // A next pointer to itself, and one into the header.
    FakeFunction loop;
    const std::uint8_t at = loop.add_capability(0x09, 4);
    const exo::Registers looping = {.context = &loop,
                                    .read =
                                        [](void* context, std::uint64_t offset, unsigned bytes) {
                                            return offset == 0x41
                                                       ? std::uint64_t{0x40}
                                                       : static_cast<FakeFunction*>(context)->read(offset, bytes);
                                        },
                                    .write = nullptr};
    CHECK(at == 0x40);
    CHECK_FALSE(ConfigSpace(looping).find(Capability::MsiX));
    CHECK_FALSE(config_of(function).find(ExtendedCapability::AccessControl));
    function.access_control(0x1d);
    CHECK(config_of(function).find(ExtendedCapability::AccessControl) == 0x100);
}

TEST_CASE("BARs are measured with decoding off and left as they were") {
    FakeFunction function;
    function.bar(0, 0xfe400000, 0x4000)
        .io_bar(1, 0xc000, 32)
        .bar(2, 0x38'0000'0000, 1ull << 33, true)
        .bar(4, 0, 0x1000);
    bool decoded_while_sizing = false;
    function.on_write = [&](std::uint64_t offset, std::uint64_t value) {
        if (offset >= 0x10 && offset < 0x28 && value == 0xffffffff) {
            decoded_while_sizing = decoded_while_sizing || (function.command() & 3) != 0;
        }
    };
    function.write(header::command, 7, 2);
    const Bars bars = measure_bars(config_of(function));
    CHECK_FALSE(decoded_while_sizing);
    CHECK(function.command() == 7);
    CHECK(bars.bar[0].base == 0xfe400000);
    CHECK(bars.bar[0].bytes == 0x4000);
    CHECK(bars.bar[1].bytes == 0);
    CHECK(bars.bar[2].base == 0x38'0000'0000);
    CHECK(bars.bar[2].bytes == 1ull << 33);
    CHECK(bars.bar[3].bytes == 0);
    CHECK(bars.bar[4].base == 0);
    CHECK(bars.bar[4].bytes == 0x1000);
    CHECK(bars.bar[5].bytes == 0);
    CHECK(function.bar_register(0) == 0xfe400000);
    CHECK(function.bar_register(3) == 0x38);
    CHECK_FALSE(bars_were_reset(config_of(function), bars));
    for (unsigned i = 0; i < bars_type0; ++i) {
        function.write(0x10 + 4 * i, 0, 4);
    }
    CHECK(bars_were_reset(config_of(function), bars));
    restore_bars(config_of(function), bars);
    CHECK(function.bar_register(0) == 0xfe400000);
    CHECK(function.bar_register(3) == 0x38);
}

TEST_CASE("MSI-X: where the table is, and entries that change only while masked") {
    FakeFunction function;
    function.msix(5, 3, 0x2000, 0x3000);
    const auto location = find_msix(config_of(function));
    REQUIRE(location);
    CHECK(location->vectors == 5);
    CHECK(location->table_bar == 3);
    CHECK(location->table_offset == 0x2000);
    CHECK(location->pending_offset == 0x3000);
    CHECK(location->table_bytes() == 80);
    CHECK(location->pending_bytes() == 8);
    enable_msix(config_of(function), *location);
    CHECK(function.read(function.msix_at + 2u, 2) == (0x8000 | 4));
    disable_msix(config_of(function), *location);
    CHECK(function.read(function.msix_at + 2u, 2) == 4);

    std::vector<std::uint32_t> memory(20);
    const MsixTable table(exo::mapped_registers(reinterpret_cast<std::byte*>(memory.data())));
    table.set(1, 0xfee0'1234, 7);
    CHECK(memory[4] == 0xfee0'1234);
    CHECK(memory[5] == 0);
    CHECK(memory[6] == 7);
    CHECK(memory[7] == 1);
    table.unmask(1);
    CHECK(memory[7] == 0);
    table.mask(1);
    CHECK(memory[7] == 1);
    CHECK(memory[11] == 0);
}

TEST_CASE("the reset that a function has is the one that is used") {
    FakeFunction port;
    port.bridge(1).express(express::RootPort, false);
    const auto steps = [&](FakeFunction& function, bool alone = false) {
        const ConfigSpace config = config_of(function);
        const ResetMethod method = reset_method(config, alone);
        unsigned count = 0;
        while (reset_step(config, config_of(port), method, count)) {
            ++count;
        }
        return count;
    };
    FakeFunction express;
    express.express(0, true).power(false).bar(0, 0xfe000000, 0x1000);
    CHECK(reset_method(config_of(express), false) == ResetMethod::FunctionLevel);
    CHECK(steps(express) == 1);
    CHECK(express.resets == 1);
    CHECK(express.bar_register(0) == 0);

    FakeFunction conventional;
    conventional.advanced_features().power(false);
    CHECK(reset_method(config_of(conventional), false) == ResetMethod::AdvancedFeatures);
    CHECK(steps(conventional) == 1);
    CHECK(conventional.resets == 1);

    FakeFunction by_power;
    by_power.express(0, false).power(false);
    CHECK(reset_method(config_of(by_power), false) == ResetMethod::PowerState);
    CHECK(steps(by_power) == 2);
    CHECK(by_power.resets == 1);

    FakeFunction none;
    none.express(0, false).power(true);
    CHECK(reset_method(config_of(none), false) == ResetMethod::None);
    CHECK(steps(none) == 0);

    FakeFunction alone;
    alone.express(0, false).power(false).bar(0, 0xfe000000, 0x1000);
    port.below = &alone;
    const Bars bars = measure_bars(config_of(alone));
    CHECK(reset_method(config_of(alone), true) == ResetMethod::HotReset);
    CHECK(steps(alone, true) == 2);
    CHECK(alone.resets == 1);
    CHECK(bars_were_reset(config_of(alone), bars));
    CHECK((config_of(port).read16(header::bridge_control) & bridge_secondary_reset) == 0); // and let go again
    CHECK(reset_method(config_of(express), true) == ResetMethod::FunctionLevel);
    FakeFunction conventional_alone;
    conventional_alone.power(true);
    CHECK(reset_method(config_of(conventional_alone), true) == ResetMethod::None);
}

TEST_CASE("pending transactions are seen") {
    FakeFunction function;
    function.express(0, true);
    CHECK_FALSE(transactions_pending(config_of(function)));
    FakeFunction busy;
    busy.express(0, true);
    const exo::Registers registers = {.context = &busy,
                                      .read =
                                          [](void* context, std::uint64_t offset, unsigned bytes) {
                                              auto* fake = static_cast<FakeFunction*>(context);
                                              return fake->read(offset, bytes) |
                                                     (offset == fake->express_at + express::device_status ? 0x20u : 0u);
                                          },
                                      .write = nullptr};
    CHECK(transactions_pending(ConfigSpace(registers)));
}

TEST_CASE("the bus tree: ports keep functions apart, conventional bridges and bare switches do not") {
    FakeSegment segment;
    segment.add(0, 0, 0, FakeFunction().class_code(0x060000));
    segment.add(0, 1, 0, FakeFunction());
    segment.add(0, 2, 0, FakeFunction().bridge(1).express(express::RootPort, false).access_control(0x1d));
    segment.add(1, 0, 0, FakeFunction().express(0, true));
    segment.add(0, 3, 0, FakeFunction().bridge(2)); // PCI-to-PCI
    segment.add(2, 4, 0, FakeFunction());
    // A switch with one port that has access control and one that has not.
    segment.add(0, 4, 0, FakeFunction().bridge(3).express(express::RootPort, false));
    segment.add(3, 0, 0, FakeFunction().bridge(4).express(express::UpstreamPort, false));
    segment.add(4, 0, 0, FakeFunction().bridge(5).express(express::DownstreamPort, false).access_control(0x1d));
    segment.add(4, 1, 0, FakeFunction().bridge(6).express(express::DownstreamPort, false));
    segment.add(5, 0, 0, FakeFunction().express(0, true));
    segment.add(6, 0, 0, FakeFunction().express(0, true));
    // Two functions of one device behind a port, without and with access control of their own.
    segment.add(0, 5, 0, FakeFunction().bridge(7).express(express::RootPort, false));
    segment.add(7, 0, 0, FakeFunction().multi_function().express(0, true));
    segment.add(7, 0, 1, FakeFunction().express(0, true).access_control(0x1d));

    const Topology topology = enumerated(segment);
    CHECK_FALSE(topology.incomplete);
    CHECK(topology.function_count == 15);
    CHECK(found(topology, 0, 1)->separate);
    CHECK(found(topology, 1, 0)->separate);
    CHECK_FALSE(found(topology, 2, 4)->separate);
    CHECK(found(topology, 5, 0)->separate);
    CHECK_FALSE(found(topology, 6, 0)->separate);
    CHECK_FALSE(found(topology, 7, 0, 0)->separate);
    CHECK(found(topology, 7, 0, 1)->separate);
    CHECK_FALSE(found(topology, 0, 2)->separate); // a bridge is nobody's to bind
    CHECK(segment.at(4, 0, 0).read(0x106, 2) == 0x1d);
}

TEST_CASE("the bus tree: functions past the first only where the device says so; loops and unset bridges end") {
    FakeSegment segment;
    segment.add(0, 1, 0, FakeFunction());
    segment.add(0, 1, 3, FakeFunction());
    segment.add(0, 2, 0, FakeFunction().multi_function());
    segment.add(0, 2, 7, FakeFunction());
    segment.add(0, 3, 0, FakeFunction().bridge(0));
    segment.add(0, 4, 0, FakeFunction().bridge(9));
    segment.add(9, 0, 0, FakeFunction().bridge(9));
    segment.add(9, 1, 0, FakeFunction().bridge(0));
    const Topology topology = enumerated(segment);
    CHECK(found(topology, 0, 1, 3) == nullptr);
    CHECK(found(topology, 0, 2, 7) != nullptr);
    CHECK(topology.bus_count == 2);
    CHECK(topology.function_count == 7);
}

TEST_CASE("the bus tree: what does not fit is told") {
    FakeSegment segment;
    for (unsigned device = 0; device < devices_per_bus; ++device) {
        for (unsigned function = 0; function < 3; ++function) {
            segment.add(0, device, function, FakeFunction().multi_function());
        }
    }
    const Topology topology = enumerated(segment);
    CHECK(topology.function_count == functions_max);
    CHECK(topology.incomplete);

    FakeSegment chain;
    for (unsigned bus = 0; bus < buses_max + 4; ++bus) {
        chain.add(static_cast<std::uint8_t>(bus), 0, 0, FakeFunction().bridge(static_cast<std::uint8_t>(bus + 1)));
    }
    CHECK(enumerated(chain).bus_count == buses_max);
    CHECK(enumerated(chain).incomplete);
}
