// A shared disk that fails or hangs while programs run: the steward's watch, and its half of the controller, against a
// controller that misbehaves.
#include "steward/disk_watch.hpp"
#include "tests/unit/nvme/fake_controller.hpp"

#include <doctest/doctest.h>
#include <string>

namespace {

using namespace exo;
using namespace exo::steward;
using exo::test::DeviceMemory;
using exo::test::FakeController;

constexpr std::uint64_t second_us = 1'000'000;

// A disk whose lending is a word, and a note of what was done in which order.
struct Lab final : WatchedDisk {
    FakeController device;
    DeviceMemory memory{disk_layout::reached_frames * page_bytes};
    DiskController half;
    DiskWatch watch;
    std::string done;
    const char* will_not_take_back = nullptr;
    std::uint64_t now_us = 0;

    Lab() {
        const char* wrong = half.open({device.registers(), device.doorbells(), device.clock(), memory.queue()});
        REQUIRE_MESSAGE(wrong == nullptr, wrong);
    }
    DiskController& controller() override { return half; }
    const char* take_back() override {
        CHECK(device.queues() == 0); // stopped: it has no queue to take a command from
        done += "taken ";
        return will_not_take_back;
    }
    const char* lend() override {
        CHECK(device.queues() == 2u + half.lent()); // the admin queue and the steward's own beside
        done += "lent ";
        return nullptr;
    }
    void cut_off() override { done += "cut "; }

    DiskNews look() { return watch.look(*this, now_us += DiskWatch::look_us); }
    DiskNews complain(std::size_t owner) { return watch.complain(*this, owner, now_us += second_us); }
    bool reads() { return half.transfer(nvme::Opcode::Read, 3, 8); }
};

} // namespace

TEST_CASE("disk watch: a disk that works is left alone") {
    Lab lab;
    const std::size_t before = lab.device.seen.size();
    for (int i = 0; i < 100; i++)
        CHECK(lab.look() == DiskNews::None);
    CHECK(lab.done.empty());
    CHECK(lab.device.seen.size() == before); // a look is no command
}

TEST_CASE("disk watch: a controller that has failed is reset, what was lent taken back, and lent anew") {
    Lab lab;
    lab.device.status_when_enabled = nvme::status::ready | nvme::status::fatal;
    CHECK(lab.half.has_failed());
    lab.device.on_disable = [&] { lab.device.status_when_enabled = nvme::status::ready; };
    CHECK(lab.look() == DiskNews::Restarted);
    CHECK(lab.done == "taken lent ");
    CHECK_FALSE(lab.half.has_failed());
    CHECK(lab.reads());
    CHECK(lab.look() == DiskNews::None);
}

TEST_CASE("disk watch: a controller that disabled itself is brought up again") {
    Lab lab;
    lab.device.status_when_enabled = 0;
    lab.device.on_disable = [&] { lab.device.status_when_enabled = nvme::status::ready; };
    CHECK(lab.look() == DiskNews::Restarted);
    CHECK(lab.reads());
}

TEST_CASE("disk watch: a controller that hangs is reset when an owner says so, with the steward's own command out") {
    Lab lab;
    lab.device.swallows = [](std::uint16_t queue, const nvme::SubmissionEntry&) { return queue != 0; };
    for (std::uint16_t i = 0; i + 1 < disk_layout::own_depth; i++)
        CHECK_FALSE(lab.reads()); // within its time limit
    CHECK_FALSE(lab.reads());     // there is no place left for another
    CHECK(lab.look() == DiskNews::None);
    lab.device.swallows = nullptr;
    CHECK(lab.complain(0) == DiskNews::Restarted);
    CHECK(lab.done == "taken lent ");
    for (int i = 0; i < 40; i++)
        CHECK(lab.reads());
}

TEST_CASE("disk watch: nothing is taken back from a controller that cannot be stopped") {
    Lab lab;
    lab.device.obeys_disable = false;
    CHECK(lab.complain(0) == DiskNews::Lost);
    CHECK(lab.done == "cut ");
    CHECK(std::string(lab.watch.why()) == "the controller did not come out of its reset in time");
    // That was its end.
    CHECK(lab.complain(1) == DiskNews::None);
    CHECK(lab.look() == DiskNews::None);
    CHECK(lab.watch.held(lab, lab.now_us) == DiskNews::None);
    CHECK(lab.done == "cut ");
}

TEST_CASE("disk watch: what does not come back as it was is given up") {
    SUBCASE("not ready") {
        Lab lab;
        lab.device.on_disable = [&] { lab.device.status_when_enabled = 0; };
        CHECK(lab.complain(0) == DiskNews::Lost);
        CHECK(lab.done == "taken cut ");
    }
    SUBCASE("silent") {
        Lab lab;
        lab.device.swallows = [](std::uint16_t, const nvme::SubmissionEntry&) { return true; };
        CHECK(lab.complain(0) == DiskNews::Lost);
        CHECK(lab.done == "taken cut ");
    }
    SUBCASE("with fewer queues") {
        Lab lab;
        lab.device.queue_pairs = lab.half.lent();
        CHECK(lab.complain(0) == DiskNews::Lost);
        CHECK(std::string(lab.watch.why()) == "it has fewer queues than before");
    }
    SUBCASE("without a queue that it promised") {
        Lab lab;
        lab.device.refuses[static_cast<std::uint8_t>(nvme::AdminOpcode::CreateSubmissionQueue)] =
            nvme::status_code::invalid_field;
        CHECK(lab.complain(0) == DiskNews::Lost);
        CHECK(lab.done == "taken cut ");
    }
    SUBCASE("smaller") {
        Lab lab;
        lab.device.disk.resize(lab.device.disk.size() / 2);
        CHECK(lab.complain(0) == DiskNews::Lost);
        CHECK(std::string(lab.watch.why()) == "it has become another disk");
        CHECK(lab.done == "taken cut ");
    }
    SUBCASE("with something that stays lent") {
        Lab lab;
        lab.will_not_take_back = "its queues cannot be taken back";
        CHECK(lab.complain(0) == DiskNews::Lost);
        CHECK(lab.done == "taken cut ");
        CHECK(lab.device.queues() == 0); // stopped, and not brought up
    }
}

TEST_CASE("disk watch: one owner's complaints are heard so often, another's still, and after a time its own again") {
    Lab lab;
    for (std::uint32_t i = 0; i < DiskWatch::complaints_max; i++)
        REQUIRE(lab.complain(3) == DiskNews::Restarted);
    lab.done.clear();
    for (int i = 0; i < 20; i++)
        CHECK(lab.complain(3) == DiskNews::NotHeard);
    CHECK(lab.done.empty());
    CHECK(lab.complain(4) == DiskNews::Restarted);
    lab.now_us += 2 * DiskWatch::forget_us;
    CHECK(lab.complain(3) == DiskNews::Restarted);
    CHECK(lab.complain(3) == DiskNews::Restarted);
    CHECK(lab.complain(3) == DiskNews::NotHeard);
}

TEST_CASE("disk watch: those who complain of what a reset has just ended are not heard again for it") {
    Lab lab;
    REQUIRE(lab.complain(0) == DiskNews::Restarted);
    for (std::size_t owner = 1; owner < programs_max; owner++)
        CHECK(lab.watch.complain(lab, owner, lab.now_us + DiskWatch::settle_us - 1) == DiskNews::None);
    CHECK(lab.done == "taken lent ");
    CHECK(lab.watch.complain(lab, 1, lab.now_us + DiskWatch::settle_us) == DiskNews::Restarted);
}

TEST_CASE("disk watch: a controller that fails again and again is given up") {
    Lab lab;
    for (std::uint32_t i = 0; i < DiskWatch::failures_max; i++) {
        lab.device.status_when_enabled = nvme::status::ready | nvme::status::fatal;
        lab.device.on_disable = [&] { lab.device.status_when_enabled = nvme::status::ready; };
        REQUIRE(lab.look() == DiskNews::Restarted);
    }
    lab.device.status_when_enabled = nvme::status::ready | nvme::status::fatal;
    CHECK(lab.look() == DiskNews::Lost);
    CHECK(std::string(lab.watch.why()) == "its controller fails again and again");
}

TEST_CASE("disk watch: commands of a program that has ended are reset away") {
    Lab lab;
    CHECK(lab.watch.held(lab, lab.now_us) == DiskNews::Restarted);
    CHECK(lab.done == "taken lent ");
}
