// Taking a function back: in order, restartably, and never sooner than the hardware has let go.
#include "tests/unit/device/lab.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace device_test;
using exo::Error;
namespace pci = exo::pci;
namespace right = exo::right;

namespace {

// A function in full use.
struct BusyNic : Lab {
    std::uint64_t root = 0;
    explicit BusyNic(FakeFunction made = Lab::nic(), bool under_hypervisor = true) {
        hypervisor = under_hypervisor;
        segment.add(0, 1, 0, std::move(made));
        discover();
        use();
    }
    void use() {
        REQUIRE(exo::function_acquire(0, owner));
        REQUIRE(exo::bind_bar(0, owner_tree,
                              {.address = 0x10000, .bar = 0, .first_page = 0, .count = 2, .rights = right::Read}));
        root = next_frame;
        bind_dma_tables(0);
        REQUIRE(bind_page(0, 0x1000, 4000));
        REQUIRE(exo::bind_interrupt(0, {.msix_vector = 0, .apic_id = 1, .kernel_vector = 0x40, .cookie = 10}));
        REQUIRE(exo::arm_interrupt(0, 0));
        REQUIRE(reaches(0, 0x1000, 4000));
    }
    FakeFunction& function() { return segment.at(0, 1, 0); }
    exo::FrameType root_type() { return frames.at(root).type; }
};

} // namespace

TEST_CASE("everything of the owner's is gone, and the function is like new for the next") {
    BusyNic lab;
    REQUIRE(lab.release(0));
    CHECK(lab.infos[0].owner == 0);
    CHECK_FALSE(lab.mapping.translate(lab.owner_tree, 0x10000));
    CHECK_FALSE(lab.machine.access(0x0008, 0x1000, true));
    CHECK_FALSE(lab.machine.message(0x0008, exo::iommu::message_address(0), 0));
    CHECK(lab.freed_cookies == std::vector<std::uint32_t>{10});
    CHECK(lab.frames.unmapped(4000));
    CHECK(lab.root_type() == exo::FrameType::Data);
    CHECK(lab.frames.at(lab.root + 1).type == exo::FrameType::Data);
    CHECK(lab.function().resets == 1);
    CHECK(lab.function().bar_register(0) == nic_bar_at);
    CHECK((lab.function().command() & (pci::command::bus_master | pci::command::memory_space)) == 0);
    CHECK(exo::functions[0].dma_root == 0);
    REQUIRE(lab.release(0)); // nothing left to do
    CHECK(lab.function().resets == 1);

    REQUIRE(exo::function_acquire(0, stranger));
    CHECK(lab.infos[0].owner == stranger);
    REQUIRE(lab.release(0));
    lab.use();
    REQUIRE(lab.release(0));
}

TEST_CASE("the order: bus mastering off, windows and TLBs, then the IOMMU, then the reset, then the tables") {
    BusyNic lab;
    lab.machine.events.clear();
    bool master_off_first = false;
    exo::FrameType root_at_reset{};
    bool reachable_at_reset = true;
    lab.function().on_write = [&](std::uint64_t offset, std::uint64_t value) {
        if (offset == pci::header::command && (value & pci::command::bus_master) == 0 && lab.machine.events.empty()) {
            master_off_first = true;
            lab.machine.events.emplace_back("master off");
        }
        if (offset == lab.function().express_at + pci::express::device_control &&
            (value & pci::express::control_function_reset) != 0) {
            lab.machine.events.emplace_back("reset");
            root_at_reset = lab.root_type();
            reachable_at_reset = lab.machine.access(0x0008, 0x1000, true).has_value();
        }
    };
    REQUIRE(lab.release(0));
    CHECK(master_off_first);
    CHECK(root_at_reset == exo::FrameType::DmaTable);
    CHECK_FALSE(reachable_at_reset);
    const std::vector<std::string> order = {"master off",      "flush 7",           "forget routes",
                                            "forget contexts", "forget pages of 1", "reset"};
    CHECK(lab.machine.events == order);
}

TEST_CASE("a window that the owner replaced meanwhile is left alone") {
    BusyNic lab;
    REQUIRE(lab.mapping.unmap(lab.owner_tree, 0x10000));
    REQUIRE(lab.mapping.map(lab.owner_tree, {.address = 0x10000,
                                             .frame = 4100,
                                             .level = 1,
                                             .rights = right::Read,
                                             .rights_max = right::Read,
                                             .slot = 1,
                                             .holder = owner}));
    REQUIRE(lab.release(0));
    CHECK(lab.mapping.translate(lab.owner_tree, 0x10000)->frame == 4100);
    CHECK_FALSE(lab.mapping.translate(lab.owner_tree, 0x11000));
}

TEST_CASE("an IOMMU that does not answer keeps the frames from being reused, until it does") {
    BusyNic lab;
    lab.machine.queue_stuck = true;
    CHECK(lab.release(0).error() == Error::TimedOut);
    CHECK(lab.release(0).error() == Error::TimedOut);
    CHECK(lab.infos[0].owner == owner);
    CHECK(lab.root_type() == exo::FrameType::DmaTable);
    CHECK_FALSE(lab.frames.unmapped(4000));
    CHECK(lab.function().resets == 0);
    CHECK((lab.function().command() & pci::command::bus_master) == 0);
    CHECK(exo::function_acquire(0, owner).error() == Error::Occupied);
    CHECK(exo::function_acquire(0, stranger).error() == Error::Occupied);
    lab.machine.queue_stuck = false;
    REQUIRE(lab.release(0));
    CHECK(lab.root_type() == exo::FrameType::Data);
    CHECK(lab.freed_cookies == std::vector<std::uint32_t>{10});
}

TEST_CASE("without a hypervisor the time of a reset is spent between calls, not in one") {
    BusyNic lab(Lab::nic(), false);
    unsigned calls = 0;
    const std::uint64_t before = lab.machine.now;
    REQUIRE(lab.release(0, &calls));
    CHECK(calls > 1000);
    CHECK(lab.machine.now - before >= pci::function_reset_us);
    CHECK(lab.infos[0].owner == 0);
}

TEST_CASE("a function that stays away after its reset is not lent again") {
    BusyNic lab;
    lab.function().on_write = [&](std::uint64_t offset, std::uint64_t) {
        if (offset == lab.function().express_at + pci::express::device_control) {
            lab.function().answers = false;
        }
    };
    const std::uint64_t before = lab.machine.now;
    REQUIRE(lab.release(0));
    CHECK(lab.machine.now - before >= pci::ready_after_reset_us);
    CHECK((lab.infos[0].flags & exo::device_flag::bindable) == 0);
    CHECK(exo::function_acquire(0, stranger).error() == Error::Unsupported);
    CHECK(lab.root_type() == exo::FrameType::Data);
}

TEST_CASE("a function without a reset, or whose reset is none, is lent once") {
    FakeFunction bare(0x8086, 1);
    bare.bar(0, nic_bar_at, 0x10000).msix(8, 0, 0x8000, 0xa000);
    BusyNic without(std::move(bare));
    CHECK((without.infos[0].flags & exo::device_flag::resettable) == 0);
    REQUIRE(without.release(0));
    CHECK(exo::function_acquire(0, stranger).error() == Error::Unsupported);
}

TEST_CASE("a reset that leaves the registers as they were was none") {
    FakeFunction liar = Lab::nic();
    liar.resets_for_real = false;
    BusyNic lab(std::move(liar));
    REQUIRE(lab.release(0));
    CHECK(exo::function_acquire(0, stranger).error() == Error::Unsupported);
}

TEST_CASE("requests that never end do not hold the release up for ever") {
    FakeFunction made = Lab::nic();
    BusyNic lab(std::move(made));
    exo::Registers wrapped = {
        .context = &lab.function(),
        .read =
            [](void* context, std::uint64_t offset, unsigned bytes) {
                auto* fake = static_cast<FakeFunction*>(context);
                const bool status = offset == fake->express_at + pci::express::device_status;
                return fake->read(offset, bytes) |
                       (status ? std::uint64_t{pci::express::status_transactions_pending} : 0);
            },
        .write = [](void* context, std::uint64_t offset, std::uint64_t value,
                    unsigned bytes) { static_cast<FakeFunction*>(context)->write(offset, value, bytes); }};
    exo::functions[0].config = pci::ConfigSpace(wrapped);
    unsigned calls = 0;
    REQUIRE(lab.release(0, &calls));
    CHECK(calls > 1);
    CHECK(lab.function().resets == 1);
}
