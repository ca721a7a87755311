// Bring-up and control of an NVMe controller that obeys, and of such that do not.
#include "tests/unit/nvme/fake_controller.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace exo;
using namespace exo::nvme;
using exo::test::DeviceMemory;
using exo::test::FakeController;

namespace {

struct Bench {
    FakeController device;
    DeviceMemory memory{AdminMemory::bytes};
    Controller controller;
    Expected<void> open() {
        return controller.open(device.registers(), device.doorbells(), device.clock(), memory.admin());
    }
};

template <typename T>
void check_problem(const Expected<T>& got, Problem expected) {
    REQUIRE_FALSE(got.has_value());
    CHECK(std::string(describe(got.error())) == describe(expected));
}

} // namespace

TEST_CASE("nvme: QEMU's controller does not heed FUA") {
    Bench bench;
    bench.device.model = "QEMU NVMe Ctrl                          ";
    REQUIRE(bench.open().has_value());
    CHECK_FALSE(bench.controller.identity().force_unit_access);
}

TEST_CASE("nvme: a controller that obeys is identified, with its namespace") {
    Bench bench;
    REQUIRE(bench.open().has_value());
    const Identity& identity = bench.controller.identity();
    CHECK(std::string(identity.serial) == "fake?");
    CHECK(identity.sgl);
    CHECK(identity.write_cache);
    CHECK(identity.force_unit_access);
    CHECK(identity.deallocates);
    CHECK_FALSE(identity.write_zeroes);
    CHECK(identity.transfer_bytes_max == 512 * 1024);
    CHECK(identity.entries_most == 2048);
    std::uint32_t names[4] = {};
    REQUIRE(bench.controller.namespaces(names).value_or(0) == 1);
    CHECK(names[0] == FakeController::name_space);
    const auto disk = bench.controller.identify_namespace(1);
    REQUIRE(disk.has_value());
    CHECK(disk->blocks == 1024);
    CHECK(disk->block_bytes == 512);
}

TEST_CASE("nvme: the least of what controller and tables allow is the longest transfer") {
    Bench bench;
    SUBCASE("a small device") {
        bench.device.transfer_power = 2;
        REQUIRE(bench.open().has_value());
        CHECK(bench.controller.identity().transfer_bytes_max == 4 * page_bytes);
    }
    SUBCASE("a device without a limit") {
        bench.device.transfer_power = 0;
        REQUIRE(bench.open().has_value());
        CHECK(bench.controller.identity().transfer_bytes_max == table_pages * page_bytes);
    }
    SUBCASE("a device that says more than can be") {
        bench.device.transfer_power = 255;
        REQUIRE(bench.open().has_value());
        CHECK(bench.controller.identity().transfer_bytes_max == table_pages * page_bytes);
    }
}

TEST_CASE("nvme: controllers that this driver cannot use are told apart") {
    Bench bench;
    Problem expected = Problem::NotNvm;
    SUBCASE("no NVM commands") {
        bench.device.capabilities &= ~(1ull << 37);
    }
    SUBCASE("pages of 8 KiB at least") {
        bench.device.capabilities |= 1ull << 48;
        expected = Problem::PageSize;
    }
    SUBCASE("one that stays ready") {
        bench.device.obeys_disable = false;
        expected = Problem::ResetTimedOut;
    }
    SUBCASE("one that never becomes ready") {
        bench.device.status_when_enabled = 0;
        expected = Problem::StartTimedOut;
    }
    SUBCASE("one that fails on being enabled") {
        bench.device.status_when_enabled = nvme::status::fatal;
        expected = Problem::Fatal;
    }
    SUBCASE("one that is gone") {
        bench.device.status_when_enabled = ~0u;
        expected = Problem::Fatal;
    }
    SUBCASE("one that does not identify itself") {
        bench.device.refuses[static_cast<std::uint8_t>(AdminOpcode::Identify)] = status_code::invalid_field;
        expected = Problem::CommandFailed;
    }
    SUBCASE("one that never answers") {
        bench.device.swallows = [](std::uint16_t, const SubmissionEntry&) { return true; };
        expected = Problem::CommandTimedOut;
    }
    SUBCASE("one that answers what nobody asked") {
        bench.device.swallows = [&](std::uint16_t, const SubmissionEntry&) {
            bench.device.complete(0, 9, 0);
            return true;
        };
        expected = Problem::UnknownCommand;
    }
    check_problem(bench.open(), expected);
}

TEST_CASE("nvme: namespaces with shapes that are not used are refused") {
    Bench bench;
    REQUIRE(bench.open().has_value());
    SUBCASE("metadata beside the blocks") {
        bench.device.format = 9u << 16 | 8;
    }
    SUBCASE("blocks of half a sector") {
        bench.device.format = 8u << 16;
    }
    SUBCASE("blocks of 8 KiB") {
        bench.device.format = 13u << 16;
    }
    SUBCASE("blocks of 2^255 bytes") {
        bench.device.format = 255u << 16;
    }
    SUBCASE("no blocks") {
        bench.device.disk.clear();
    }
    check_problem(bench.controller.identify_namespace(1), Problem::BadNamespace);
}

TEST_CASE("nvme: queue pairs come and go, as many as the controller grants") {
    Bench bench;
    bench.device.queue_pairs = 3;
    REQUIRE(bench.open().has_value());
    CHECK(bench.controller.request_queue_pairs(8).value_or(0) == 3);
    CHECK(bench.controller.request_queue_pairs(2).value_or(0) == 2);
    DeviceMemory memory(QueueMemory::bytes(32));
    QueuePair pair;
    REQUIRE(bench.controller.create_queue_pair(pair, 1, memory.queue(), 32, 5).has_value());
    CHECK(bench.device.queues() == 2);
    CHECK(bench.device.vector_of(1) == 5);
    CHECK(pair.room() == 31);
    REQUIRE(bench.controller.delete_queue_pair(1).has_value());
    CHECK(bench.device.queues() == 1);
    check_problem(bench.controller.create_queue_pair(pair, 0, memory.queue(), 32, {}), Problem::BadQueue);
    check_problem(bench.controller.create_queue_pair(pair, 1, memory.queue(), 31, {}), Problem::BadQueue);
}

TEST_CASE("nvme: half a queue pair is not left behind") {
    Bench bench;
    REQUIRE(bench.open().has_value());
    bench.device.refuses[static_cast<std::uint8_t>(AdminOpcode::CreateSubmissionQueue)] = status_code::invalid_field;
    DeviceMemory memory(QueueMemory::bytes(32));
    QueuePair pair;
    check_problem(bench.controller.create_queue_pair(pair, 1, memory.queue(), 32, {}), Problem::CommandFailed);
    CHECK(bench.device.queues() == 1);
}

TEST_CASE("nvme: events are reported one by one, amid other commands") {
    Bench bench;
    REQUIRE(bench.open().has_value());
    bench.device.step();
    CHECK_FALSE(bench.controller.next_event().has_value());
    bench.device.report_event(1 | 0x01 << 8 | 0x02 << 16);
    REQUIRE(bench.controller.identify_namespace(1).has_value());
    const auto event = bench.controller.next_event();
    REQUIRE(event.has_value());
    CHECK(event->type == EventType::Health);
    CHECK(event->information == 1);
    CHECK((bench.device.seen.back().command & 0xff) == static_cast<std::uint64_t>(AdminOpcode::GetLogPage));
    CHECK_FALSE(bench.controller.next_event().has_value());
    bench.device.step();
    bench.device.report_event(2);
    REQUIRE(bench.controller.next_event().has_value());
}

TEST_CASE("nvme: a command is aborted on request") {
    Bench bench;
    REQUIRE(bench.open().has_value());
    DeviceMemory memory(QueueMemory::bytes(8)), data(page_bytes);
    QueuePair pair;
    REQUIRE(bench.controller.create_queue_pair(pair, 1, memory.queue(), 8, {}).has_value());
    bench.device.swallows = [](std::uint16_t queue, const SubmissionEntry&) { return queue == 1; };
    int token = 0;
    const Run run{data.device_address(), 512};
    REQUIRE(pair.transfer(Opcode::Read, &token, 1, 0, 1, {&run, 1}));
    pair.publish();
    bench.device.step();
    REQUIRE_FALSE(pair.has_news());
    CHECK(bench.controller.abort(1, pair.identifier(&token)).value_or(false));
    const Completion ended = pair.take();
    CHECK(ended.token == &token);
    CHECK(ended.status == status_code::aborted_on_request);
    CHECK(pair.identifier(&token) == pair.depth());
}

TEST_CASE("nvme: a controller that fell silent is reset, and what was out is given again") {
    Bench bench;
    REQUIRE(bench.open().has_value());
    DeviceMemory memory(QueueMemory::bytes(8)), data(page_bytes);
    QueuePair pair;
    REQUIRE(bench.controller.create_queue_pair(pair, 1, memory.queue(), 8, {}).has_value());
    bool silent = true;
    bench.device.swallows = [&](std::uint16_t queue, const SubmissionEntry&) { return silent && queue == 1; };
    int tokens[3] = {};
    const Run run{data.device_address(), 512};
    for (int& token : tokens)
        REQUIRE(pair.transfer(Opcode::Read, &token, 1, 0, 1, {&run, 1}));
    pair.publish();
    bench.device.step();
    CHECK(pair.overdue() == nullptr);
    CHECK(pair.overdue() != nullptr);
    REQUIRE(bench.controller.reset().has_value());
    std::size_t back = 0;
    while (void* const token = pair.recover()) {
        CHECK(token >= &tokens[0]);
        CHECK(token <= &tokens[2]);
        ++back;
    }
    CHECK(back == 3);
    CHECK(pair.room() == 0);
    silent = false;
    REQUIRE(bench.open().has_value());
    REQUIRE(bench.controller.create_queue_pair(pair, 1, memory.queue(), 8, {}).has_value());
    REQUIRE(pair.transfer(Opcode::Read, &tokens[0], 1, 0, 1, {&run, 1}));
    pair.publish();
    bench.device.step();
    CHECK(pair.take().token == &tokens[0]);
}

TEST_CASE("nvme: a shutdown waits for the controller") {
    Bench bench;
    REQUIRE(bench.open().has_value());
    SUBCASE("one that obeys") {
        CHECK(bench.controller.shut_down().has_value());
    }
    SUBCASE("one that does not") {
        bench.device.obeys_shutdown = false;
        check_problem(bench.controller.shut_down(), Problem::CommandTimedOut);
    }
}

TEST_CASE("nvme: a secondary controller gets its resources before it comes on line") {
    Bench bench;
    REQUIRE(bench.open().has_value());
    bench.device.step();
    const std::size_t before = bench.device.seen.size();
    REQUIRE(bench.controller.bring_secondary_online(3, 2, 4).has_value());
    REQUIRE(bench.device.seen.size() == before + 4);
    const std::uint64_t expected[] = {0x0003'0007, 0x0003'0008 | 2ull << 32, 0x0003'0108 | 4ull << 32, 0x0003'0009};
    for (std::size_t step = 0; step < 4; ++step)
        CHECK(bench.device.seen[before + step].dwords10_11 == expected[step]);
}

TEST_CASE("nvme: a primary controller tells its secondary ones, and what it has for them") {
    Bench bench;
    REQUIRE(bench.open().has_value());
    nvme::SecondaryController list[200];
    const auto count = bench.controller.secondaries(list);
    REQUIRE(count == 3);
    CHECK(list[0].id == 0x41);
    CHECK(list[2].function == 3);
    CHECK_FALSE(list[0].online);
    CHECK(list[1].online);
    const auto resources = bench.controller.flexible_resources();
    REQUIRE(resources.has_value());
    CHECK(resources->queues == 10);
    CHECK(resources->queues_of_one == 4);
    CHECK(resources->interrupts == 6);
    CHECK(resources->interrupts_of_one == 3);
    CHECK(bench.controller.secondaries(std::span(list).first(2)) == 2);
    bench.device.secondaries = 255; // more than the page that tells of them holds
    CHECK(bench.controller.secondaries(list) == 127);
}
