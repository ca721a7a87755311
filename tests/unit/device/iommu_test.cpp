// drivers/iommu on a unit that caches: bring-up order, domains, routes, faults, and hardware that does not answer.
#include "tests/unit/device/fake_machine.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace device_test;
using exo::Error;
namespace iommu = exo::iommu;

namespace {

constexpr std::uint16_t source = 0x0108; // 01:01.0
constexpr std::uint16_t domain = 3;

struct Bench {
    FakeMachine machine;
    iommu::Unit unit;

    std::expected<void, const char*> start(bool x2apic = false) {
        return unit.start(machine.iommu_registers(), FakeMachine::tables(), FakeMachine::clock(), x2apic);
    }
    std::uint64_t* table(std::uint64_t frame) {
        return reinterpret_cast<std::uint64_t*>(machine.memory() + frame * exo::page_bytes);
    }
    // Three levels from frame 100 that take page 0 to frame 200 and page 1, read only, to frame 201.
    void build_domain() {
        table(100)[0] = 101ull << 12 | 3;
        table(101)[0] = 102ull << 12 | 3;
        table(102)[0] = 200ull << 12 | 3;
        table(102)[1] = 201ull << 12 | 1;
    }
    std::ptrdiff_t when(const char* event) {
        const auto found = std::find(machine.events.begin(), machine.events.end(), event);
        REQUIRE(found != machine.events.end());
        return found - machine.events.begin();
    }
};

} // namespace

TEST_CASE("bring-up: queue, then tables and what was cached, then the switches; everything blocked") {
    Bench bench;
    REQUIRE(bench.start());
    CHECK(bench.when("queue on") < bench.when("root"));
    CHECK(bench.when("root") < bench.when("forget contexts"));
    CHECK(bench.when("forget contexts") < bench.when("forget pages"));
    CHECK(bench.when("forget pages") < bench.when("translation on"));
    CHECK(bench.when("routes") < bench.when("forget routes"));
    CHECK(bench.when("forget routes") < bench.when("remapping on"));
    CHECK(bench.unit.remaps_interrupts());
    CHECK(bench.unit.levels() == 3);
    CHECK(bench.unit.address_end() == 1ull << 39);
    CHECK(bench.unit.domains() == 65536);
    CHECK(bench.unit.has_page_level(2));
    CHECK_FALSE(bench.unit.has_page_level(3));
    CHECK_FALSE(bench.machine.access(source, 0, false));
    CHECK_FALSE(bench.machine.message(source, 0xfee0'1000, 0x40)); // compatibility format
    CHECK_FALSE(bench.machine.message(source, iommu::message_address(0), 0));
}

TEST_CASE("bring-up takes over from firmware that left everything on") {
    Bench bench;
    const exo::Registers registers = bench.machine.iommu_registers();
    registers.write32(iommu::reg::global_command, iommu::global::states | iommu::global::set_root_table);
    REQUIRE(bench.start());
    CHECK_FALSE(bench.machine.access(source, 0, false));
    CHECK_FALSE(bench.machine.message(source, 0xfee0'1000, 0x40));
}

TEST_CASE("units that cannot do what is needed are refused with a reason") {
    const auto refusal = [](auto change) -> std::string {
        Bench bench;
        change(bench.machine);
        const auto started = bench.start();
        return started ? "" : started.error();
    };
    CHECK(refusal([](FakeMachine& m) { m.extended_capability &= ~iommu::ecap::queued_invalidation; }) ==
          "it has no invalidation queue");
    CHECK(refusal([](FakeMachine& m) { m.capability &= ~iommu::cap::levels_3; }) ==
          "it can walk neither 3 nor 4 levels");
    CHECK(refusal([](FakeMachine& m) { m.dead_commands = iommu::global::queue; }) ==
          "its invalidation queue does not start");
    CHECK(refusal([](FakeMachine& m) { m.dead_commands = iommu::global::translation; }) ==
          "its translation does not start");
    CHECK(refusal([](FakeMachine& m) { m.queue_stuck = true; }) == "its translation does not start");
    CHECK(refusal([](FakeMachine& m) { m.dead_commands = iommu::global::interrupt_remapping; }) ==
          "its interrupt remapping does not start");
    Bench plain;
    plain.machine.extended_capability &= ~iommu::ecap::interrupt_remapping;
    REQUIRE(plain.start());
    CHECK_FALSE(plain.unit.remaps_interrupts());
    CHECK(plain.unit.route(0, source, 0, 0x40).error() == Error::Unsupported);
}

TEST_CASE("a requester reaches its domain from attach to detach, and not a moment longer") {
    Bench bench;
    REQUIRE(bench.start());
    bench.build_domain();
    CHECK(bench.unit.attach(source, domain, 100 << 12).error() == Error::Unsupported); // its bus was not opened
    bench.unit.open_bus(1);
    CHECK_FALSE(bench.machine.access(source, 0, true));
    REQUIRE(bench.unit.attach(source, domain, 100 << 12));
    CHECK(bench.machine.access(source, 0x123, true) == (200ull << 12 | 0x123));
    CHECK(bench.machine.access(source, 0x1000, false) == 201ull << 12);
    CHECK_FALSE(bench.machine.access(source, 0x1000, true));
    CHECK_FALSE(bench.machine.access(source, 0x2000, false));
    CHECK_FALSE(bench.machine.access(source + 1, 0, false));
    CHECK_FALSE(bench.machine.access(0x0208, 0, false));

    bench.machine.events.clear();
    REQUIRE(bench.unit.detach(source, domain));
    CHECK(bench.when("forget contexts") < bench.when("forget pages of 3"));
    CHECK_FALSE(bench.machine.access(source, 0x123, true));
}

TEST_CASE("pages taken out of the tables are out of reach after a flush") {
    Bench bench;
    REQUIRE(bench.start());
    bench.build_domain();
    bench.unit.open_bus(1);
    REQUIRE(bench.unit.attach(source, domain, 100 << 12));
    REQUIRE(bench.machine.access(source, 0, true));
    bench.table(102)[0] = 0;
    CHECK(bench.machine.access(source, 0, true)); // still cached: the flush is what matters
    REQUIRE(bench.unit.flush_domain(domain));
    CHECK_FALSE(bench.machine.access(source, 0, true));
}

TEST_CASE("additions are flushed only for units that remember absence") {
    for (const bool caches : {false, true}) {
        Bench bench;
        bench.machine.capability |= caches ? iommu::cap::caching_mode : 0;
        REQUIRE(bench.start());
        bench.machine.events.clear();
        REQUIRE(bench.unit.note_additions(domain));
        CHECK(bench.machine.events.size() == (caches ? 1 : 0));
    }
}

TEST_CASE("tables are written back only for units that do not snoop") {
    for (const bool coherent : {false, true}) {
        Bench bench;
        bench.machine.extended_capability &= coherent ? ~0ull : ~iommu::ecap::coherent;
        REQUIRE(bench.start());
        CHECK(bench.unit.snoops() == coherent);
        bench.unit.open_bus(1);
        bench.machine.events.clear();
        REQUIRE(bench.unit.attach(source, domain, 100 << 12));
        const auto written = std::count(bench.machine.events.begin(), bench.machine.events.end(), "write back");
        CHECK((written != 0) == !coherent);
    }
}

TEST_CASE("routes: one requester, one core, one vector") {
    Bench bench;
    REQUIRE(bench.start());
    const std::uint64_t address = iommu::message_address(77);
    REQUIRE(bench.unit.route(77, source, 5, 0x61));
    CHECK(bench.machine.message(source, address, 0) == FakeMachine::Delivery{5, 0x61});
    CHECK_FALSE(bench.machine.message(source + 1, address, 0)); // another function's message
    CHECK_FALSE(bench.machine.message(source, iommu::message_address(76), 0));
    CHECK(bench.machine.message(source, iommu::message_address(70) | 8, 7) == FakeMachine::Delivery{5, 0x61});
    CHECK_FALSE(bench.machine.message(source, iommu::message_address(77) | 8, 0xffff));

    REQUIRE(bench.unit.cut(77));
    CHECK_FALSE(bench.machine.message(source, address, 0));
    REQUIRE(bench.unit.mend(77));
    CHECK(bench.machine.message(source, address, 0) == FakeMachine::Delivery{5, 0x61});
    REQUIRE(bench.unit.unroute(77));
    CHECK_FALSE(bench.machine.message(source, address, 0));

    CHECK(bench.unit.route(iommu::routes_max, source, 0, 0x40).error() == Error::OutOfRange);
    CHECK(bench.unit.route(0, source, 256, 0x40).error() == Error::OutOfRange);
}

TEST_CASE("wide APIC IDs are used where both sides have them") {
    Bench bench;
    bench.machine.extended_capability |= iommu::ecap::extended_interrupts;
    REQUIRE(bench.start(true));
    REQUIRE(bench.unit.route(0, source, 0x12345, 0x61));
    CHECK(bench.machine.message(source, iommu::message_address(0), 0) == FakeMachine::Delivery{0x12345, 0x61});
    Bench narrow;
    REQUIRE(narrow.start(true));
    CHECK(narrow.unit.route(0, source, 0x12345, 0x61).error() == Error::OutOfRange);
}

TEST_CASE("faults are handed out once, with who, what and where; more than fit is told") {
    Bench bench;
    REQUIRE(bench.start());
    std::vector<iommu::Fault> faults;
    const auto take = [&] {
        return bench.unit.take_faults([&](const iommu::Fault& fault) { faults.push_back(fault); });
    };
    CHECK(take());
    CHECK(faults.empty());
    (void)bench.machine.access(source, 0x12345, true);
    CHECK(take());
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].source == source);
    CHECK(faults[0].address == 0x12000);
    CHECK(faults[0].reason == 2);
    CHECK_FALSE(faults[0].is_read);
    CHECK(take());
    CHECK(faults.size() == 1);
    for (int i = 0; i < 3; ++i) {
        (void)bench.machine.access(source, 0, false);
    }
    CHECK_FALSE(take());
    CHECK(faults.size() == 3);
    CHECK(faults[2].is_read);
    CHECK(take());
}

TEST_CASE("a queue that stops is a bounded wait each time, never an overrun, and late answers are not believed") {
    Bench bench;
    REQUIRE(bench.start());
    bench.unit.open_bus(1);
    bench.build_domain();
    bench.machine.queue_stuck = true;
    const std::uint64_t before = bench.machine.now;
    CHECK(bench.unit.flush_domain(domain).error() == Error::TimedOut);
    CHECK(bench.machine.now - before < 1'000'000);
    CHECK(bench.unit.attach(source, domain, 100 << 12).error() == Error::TimedOut);
    for (int i = 0; i < 300; ++i) {
        CHECK(bench.unit.flush_domain(domain).error() == Error::TimedOut);
    }
    CHECK_FALSE(bench.machine.overrun);
    // The failed attach left nothing behind.
    bench.machine.queue_stuck = false;
    CHECK_FALSE(bench.machine.access(source, 0, false));
}

TEST_CASE("a queue that goes on after a failure is used again") {
    Bench bench;
    REQUIRE(bench.start());
    bench.machine.queue_stuck = true;
    CHECK(bench.unit.flush_domain(domain).error() == Error::TimedOut);
    bench.machine.queue_stuck = false;
    bench.machine.events.clear();
    CHECK(bench.unit.flush_domain(domain + 1));
    // Both requests were done, the old one first.
    CHECK(bench.machine.events == std::vector<std::string>{"forget pages of 3", "forget pages of 4"});
}
