// The queues of an NVMe controller that obeys, and the lies it can tell.
#include "tests/unit/nvme/fake_controller.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <random>
#include <set>

using namespace exo;
using namespace exo::nvme;
using exo::test::DeviceMemory;
using exo::test::FakeController;

namespace {

struct Bench {
    explicit Bench(bool sgl = true, std::uint16_t depth = 8) : memory(QueueMemory::bytes(depth)) {
        device.takes_sgl = sgl;
        REQUIRE(controller.open(device.registers(), device.doorbells(), device.clock(), admin.admin()).has_value());
        REQUIRE(controller.create_queue_pair(pair, 1, memory.queue(), depth, {}).has_value());
    }
    std::uint16_t run(Opcode opcode, std::uint64_t first, std::uint32_t blocks, std::span<const Run> data) {
        int token = 0;
        REQUIRE(pair.transfer(opcode, &token, 1, first, blocks, data));
        pair.publish();
        device.step();
        const Completion done = pair.take();
        REQUIRE(done.token == &token);
        return done.status;
    }
    FakeController device;
    DeviceMemory admin{AdminMemory::bytes}, memory;
    Controller controller;
    QueuePair pair;
};

void fill(std::byte* place, std::size_t bytes, unsigned seed) {
    std::mt19937 random(seed);
    for (std::size_t index = 0; index < bytes; ++index)
        place[index] = static_cast<std::byte>(random());
}

void* token(std::uintptr_t number) {
    return reinterpret_cast<void*>(number);
}

} // namespace

TEST_CASE("nvme: data of every shape arrive, by SGLs and by PRPs") {
    for (const bool sgl : {true, false}) {
        Bench bench(sgl);
        DeviceMemory data(64 * page_bytes);
        const std::uint64_t base = data.device_address();
        const std::vector<std::vector<Run>> shapes = {
            {{base, 512}},
            {{base + 512, page_bytes - 512}},
            {{base + 512, page_bytes}},
            {{base, 2 * page_bytes}},
            {{base + 2048, 2 * page_bytes}},
            {{base, 40 * page_bytes}},
            {{base + 512, 40 * page_bytes}},
            {{base + 4096 - 512, 512}, {base + 5 * page_bytes, page_bytes}, {base + 3 * page_bytes, 1024}},
            {{base + page_bytes, page_bytes}, {base + 7 * page_bytes, 512}},
        };
        for (const auto& shape : shapes) {
            std::uint64_t bytes = 0;
            for (const Run& run : shape)
                bytes += run.bytes;
            fill(bench.device.disk.data(), bench.device.disk.size(), 1);
            std::memset(data.base, 0, 64 * page_bytes);
            const auto blocks = static_cast<std::uint32_t>(bytes / 512);
            CHECK(bench.run(Opcode::Read, 7, blocks, shape) == 0);
            const std::byte* place = bench.device.disk.data() + 7 * 512;
            for (const Run& run : shape) {
                CHECK(std::memcmp(reinterpret_cast<std::byte*>(run.address), place, run.bytes) == 0);
                place += run.bytes;
            }
            fill(data.base, 64 * page_bytes, 2);
            CHECK(bench.run(Opcode::Write, 3, blocks, shape) == 0);
            place = bench.device.disk.data() + 3 * 512;
            for (const Run& run : shape) {
                CHECK(std::memcmp(reinterpret_cast<std::byte*>(run.address), place, run.bytes) == 0);
                place += run.bytes;
            }
        }
    }
}

TEST_CASE("nvme: data that cannot be described are refused, and nothing is given") {
    Bench bench(false);
    const std::vector<std::vector<Run>> shapes = {
        {{0x1000, 1024}, {0x9000, 4096}},           // the first does not end a page
        {{0x1000, 4096}, {0x9200, 512}},            // the second does not begin one
        {{0x1000, 4096}, {0x9000, 0}},              // nothing
        {{0x1000, page_bytes * (table_pages + 2)}}, // too long
    };
    for (const auto& shape : shapes)
        CHECK_FALSE(bench.pair.transfer(Opcode::Read, token(1), 1, 0, 1, shape));
    CHECK(bench.pair.in_flight() == 0);
    Bench with_sgl(true);
    CHECK_FALSE(
        with_sgl.pair.transfer(Opcode::Read, token(1), 1, 0, 1, std::vector<Run>(table_runs + 1, {0x1000, 512})));
}

TEST_CASE("nvme: an error is the command's own") {
    Bench bench;
    DeviceMemory data(page_bytes);
    const Run run{data.device_address(), 1024};
    CHECK((bench.run(Opcode::Read, 1023, 2, {&run, 1}) & status_code::mask) == status_code::out_of_range);
    CHECK(bench.run(Opcode::Read, 1022, 2, {&run, 1}) == 0);
}

TEST_CASE("nvme: flush, deallocation and durable writes say so to the device") {
    Bench bench;
    DeviceMemory data(page_bytes);
    fill(bench.device.disk.data(), bench.device.disk.size(), 3);
    bench.pair.flush(token(1), 1);
    bench.pair.deallocate(token(2), 1, 5, 2);
    const Run run{data.device_address(), 512};
    REQUIRE(bench.pair.transfer(Opcode::Write, token(3), 1, 9, 1, {&run, 1}, transfer::force_unit_access));
    bench.pair.publish();
    const std::size_t before = bench.device.seen.size();
    bench.device.step();
    for (std::uintptr_t number = 1; number <= 3; ++number) {
        const Completion done = bench.pair.take();
        CHECK(done.token == token(number));
        CHECK(done.status == 0);
    }
    CHECK((bench.device.seen[before].command & 0xff) == 0);
    CHECK((bench.device.seen[before + 2].dwords12_13 & transfer::force_unit_access) != 0);
    const auto first = bench.device.disk.begin() + 5 * 512;
    CHECK(std::all_of(first, first + 1024, [](std::byte octet) { return octet == std::byte{0}; }));
    CHECK(*(first - 1) != std::byte{0});
}

TEST_CASE("nvme: commands go round many times, in any order, each ending once") {
    Bench bench(true, 16);
    DeviceMemory data(page_bytes);
    const Run run{data.device_address(), 512};
    std::vector<std::uint16_t> held;
    bench.device.swallows = [&](std::uint16_t queue, const SubmissionEntry& entry) {
        if (queue == 1)
            held.push_back(static_cast<std::uint16_t>(entry.command >> command::identifier_shift));
        return queue == 1;
    };
    std::mt19937 random(4);
    std::set<std::uintptr_t> out;
    std::uintptr_t given = 0, ended = 0;
    for (unsigned round = 0; round < 100'000; ++round) {
        for (unsigned count = random() % 4; count != 0 && bench.pair.room() != 0; --count) {
            REQUIRE(bench.pair.transfer(Opcode::Read, token(++given), 1, 0, 1, {&run, 1}));
            out.insert(given);
        }
        bench.pair.publish();
        bench.device.step();
        for (unsigned count = random() % 4; count != 0 && !held.empty(); --count) {
            std::swap(held[random() % held.size()], held.back());
            bench.device.complete(1, held.back(), 0);
            held.pop_back();
        }
        while (void* const done = bench.pair.take().token) {
            CHECK(out.erase(reinterpret_cast<std::uintptr_t>(done)) == 1);
            ++ended;
        }
        CHECK(bench.pair.in_flight() == out.size());
    }
    CHECK(ended > 100'000);
    CHECK_FALSE(bench.pair.is_broken());
}

TEST_CASE("nvme: a device that ends what is not out is never believed again") {
    Bench bench;
    DeviceMemory data(page_bytes);
    const Run run{data.device_address(), 512};
    bench.device.swallows = [](std::uint16_t queue, const SubmissionEntry&) { return queue == 1; };
    for (std::uintptr_t number = 1; number <= 2; ++number)
        REQUIRE(bench.pair.transfer(Opcode::Read, token(number), 1, 0, 1, {&run, 1}));
    bench.pair.publish();
    bench.device.step();
    SUBCASE("an identifier that was never given") {
        bench.device.complete(1, 6, 0);
    }
    SUBCASE("one beyond the queue") {
        bench.device.complete(1, 7, 0);
    }
    SUBCASE("one far beyond the queue") {
        bench.device.complete(1, 0xffff, 0);
    }
    SUBCASE("the same twice") {
        bench.device.complete(1, 0, 0);
        bench.device.complete(1, 0, 0);
        CHECK(bench.pair.take().token != nullptr);
    }
    CHECK(bench.pair.take().token == nullptr);
    CHECK(bench.pair.is_broken());
    CHECK(bench.pair.room() == 0);
    bench.device.complete(1, 1, 0);
    CHECK(bench.pair.take().token == nullptr);
}

TEST_CASE("nvme: noise all over the shared memory never leads outside it") {
    std::mt19937 random(5);
    unsigned broken = 0;
    for (unsigned life = 0; life < 2000; ++life) {
        DeviceMemory memory(QueueMemory::bytes(8));
        QueuePair pair;
        volatile std::uint32_t submit = 0, complete = 0;
        REQUIRE(pair.open(memory.queue(), 8, true, &submit, &complete).has_value());
        std::set<std::uintptr_t> out;
        std::uintptr_t given = 0;
        const Run runs[] = {{0x1000, 4096}, {0x5000, 4096}};
        for (unsigned round = 0; round < 40; ++round) {
            while (pair.room() != 0 && random() % 4 != 0) {
                REQUIRE(pair.transfer(Opcode::Read, token(++given), 1, 0, 16, runs));
                out.insert(given);
            }
            pair.publish();
            for (unsigned scribbles = random() % 16; scribbles != 0; --scribbles)
                memory.base[QueueMemory::completions_at(8) + random() % (16 * sizeof(CompletionEntry))] =
                    static_cast<std::byte>(random());
            while (void* const done = pair.take().token)
                CHECK(out.erase(reinterpret_cast<std::uintptr_t>(done)) == 1);
        }
        broken += pair.is_broken();
        while (void* const back = pair.recover())
            CHECK(out.erase(reinterpret_cast<std::uintptr_t>(back)) == 1);
        CHECK(out.empty());
    }
    CHECK(broken > 300);
}

TEST_CASE("nvme: queues of no such size or place are refused") {
    DeviceMemory memory(QueueMemory::bytes(256));
    volatile std::uint32_t doorbell = 0;
    const auto opens = [&](std::byte* address, std::uint16_t depth) {
        QueuePair pair;
        return pair.open({address, reinterpret_cast<std::uint64_t>(address)}, depth, true, &doorbell, &doorbell)
            .has_value();
    };
    CHECK(opens(memory.base, 256));
    CHECK(opens(memory.base, 2));
    CHECK_FALSE(opens(memory.base, 1));
    CHECK_FALSE(opens(memory.base, 0));
    CHECK_FALSE(opens(memory.base, 24));
    CHECK_FALSE(opens(memory.base, 512));
    CHECK_FALSE(opens(memory.base + 64, 8));
    CHECK_FALSE(opens(nullptr, 8));
}
