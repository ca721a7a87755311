// The split queue against a device that obeys, and against every lie a device can tell about a completion.
#include "drivers/virtio/split_queue.hpp"
#include "tests/unit/virtio/fake_device.hpp"

#include <cstring>
#include <deque>
#include <doctest/doctest.h>
#include <set>

using namespace exo;
using test::FakeDevice;
using virtio::Piece;
using virtio::Problem;
using virtio::SplitQueue;

namespace {

// A device with one queue of `size`, brought up, and memory to exchange.
struct Machine {
    explicit Machine(std::uint16_t size) : device(virtio::DeviceType::NineP, {256}, "config") {
        environment = device.environment();
        auto opened = virtio::Transport::open(environment, virtio::DeviceType::NineP);
        REQUIRE(opened.has_value());
        transport = *opened;
        REQUIRE(transport.negotiate(0, 0).has_value());
        const auto memory = environment.allocate_dma(environment.context, SplitQueue::memory_bytes(size));
        const auto created = SplitQueue::create(*memory, size);
        REQUIRE(created.has_value());
        queue = *created;
        const auto doorbell = transport.set_up_queue(0, queue.places());
        REQUIRE(doorbell.has_value());
        queue.set_doorbell(*doorbell);
        transport.start();
        data = *environment.allocate_dma(environment.context, 4096);
    }
    Piece piece(std::size_t offset, std::uint32_t bytes) const { return {data.device_address + offset, bytes}; }
    // Adds a chain of one writable piece.
    virtio::Expected<std::uint16_t> add_one() {
        const Piece room = piece(0, 64);
        return queue.add({}, {&room, 1});
    }

    FakeDevice device;
    virtio::Environment environment;
    virtio::Transport transport;
    SplitQueue queue;
    virtio::DmaBuffer data;
};

void answer_with(FakeDevice& device, std::string reply) {
    device.handle = [reply](FakeDevice& self, FakeDevice::Chain chain) { self.complete(chain, chain.write(reply)); };
}

} // namespace

TEST_CASE("split queue: a scattered request arrives whole and its reply is scattered back") {
    Machine machine(8);
    std::memcpy(machine.data.memory, "hello, world", 12);
    std::string seen;
    machine.device.handle = [&](FakeDevice& device, FakeDevice::Chain chain) {
        seen = chain.request;
        CHECK(chain.rooms.size() == 2);
        device.complete(chain, chain.write("goodbye"));
    };
    const Piece request[] = {machine.piece(0, 5), machine.piece(5, 7)};
    const Piece reply[] = {machine.piece(100, 4), machine.piece(200, 60)};
    const auto chain = machine.queue.add(request, reply);
    REQUIRE(chain.has_value());
    CHECK(machine.queue.free_descriptors() == 4);
    CHECK_FALSE(machine.queue.poll()->found);
    machine.queue.kick();
    machine.device.step();
    CHECK(machine.device.doorbells_rung == 1);
    CHECK(seen == "hello, world");
    const auto polled = machine.queue.poll();
    REQUIRE(polled.has_value());
    REQUIRE(polled->found);
    CHECK(polled->completion.chain == *chain);
    CHECK(polled->completion.bytes_written == 7);
    CHECK(std::memcmp(machine.data.memory + 100, "good", 4) == 0);
    CHECK(std::memcmp(machine.data.memory + 200, "bye", 3) == 0);
    CHECK(machine.queue.free_descriptors() == 8);
    CHECK(machine.queue.chains_in_flight() == 0);
}

TEST_CASE("split queue: indices wrap, chains of all lengths come back in any order, none is lost") {
    Machine machine(16);
    std::vector<FakeDevice::Chain> held;
    machine.device.handle = [&](FakeDevice&, FakeDevice::Chain chain) { held.push_back(std::move(chain)); };
    std::set<std::uint16_t> outstanding;
    std::uint32_t random = 12345;
    std::size_t completed = 0;
    for (unsigned round = 0; round < 200'000; ++round) {
        random = random * 1664525 + 1013904223;
        std::vector<Piece> rooms(1 + (random >> 16) % 5, machine.piece(0, 8));
        const auto chain = machine.queue.add({}, rooms);
        if (chain) {
            CHECK_MESSAGE(outstanding.insert(*chain).second, "the same chain twice");
        } else {
            REQUIRE(chain.error() == Problem::QueueFull);
        }
        machine.device.step();
        if (!held.empty() && (random >> 8) % 3 != 0) {
            const std::size_t which = (random >> 20) % held.size();
            machine.device.complete(held[which], 8);
            held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
        }
        const auto polled = machine.queue.poll();
        REQUIRE(polled.has_value());
        if (polled->found) {
            REQUIRE(outstanding.erase(polled->completion.chain) == 1);
            ++completed;
        }
    }
    CHECK(completed > 70'000); // the 16-bit indices went round
    CHECK(machine.queue.chains_in_flight() == outstanding.size());
}

TEST_CASE("split queue: what does not fit is refused and changes nothing") {
    Machine machine(4);
    std::vector<Piece> five(5, machine.piece(0, 8));
    CHECK(machine.queue.add({}, five).error() == Problem::BadBuffer);
    CHECK(machine.queue.add({}, {}).error() == Problem::BadBuffer);
    std::vector<Piece> huge(2, Piece{0, 0xffff'ffff});
    CHECK(machine.queue.add({}, huge).error() == Problem::BadBuffer);
    std::vector<Piece> three(3, machine.piece(0, 8));
    CHECK(machine.queue.add({}, three).has_value());
    std::vector<Piece> two(2, machine.piece(0, 8));
    CHECK(machine.queue.add({}, two).error() == Problem::QueueFull);
    CHECK(machine.queue.free_descriptors() == 1);
    CHECK(machine.queue.chains_in_flight() == 1);
}

TEST_CASE("split queue: a device that wants no doorbell gets none") {
    Machine machine(4);
    machine.device.used_flags = virtio::ring_flag::no_notify;
    REQUIRE(machine.add_one().has_value());
    machine.queue.kick();
    machine.device.step(); // completes, and from now on asks for quiet
    CHECK(machine.device.doorbells_rung == 1);
    REQUIRE(machine.queue.poll()->found);
    REQUIRE(machine.add_one().has_value());
    machine.queue.kick();
    machine.device.step();
    CHECK(machine.device.doorbells_rung == 1);
    CHECK(machine.queue.poll()->found);
}

TEST_CASE("split queue: a lying device breaks the queue, never memory") {
    Machine machine(8);
    answer_with(machine.device, "answer");
    Problem expected = Problem::TimedOut;
    SUBCASE("an id outside the table") {
        machine.device.wrong.used_id = 8;
        expected = Problem::BadUsedId;
    }
    SUBCASE("a wild id") {
        machine.device.wrong.used_id = 0xffff'fff0;
        expected = Problem::BadUsedId;
    }
    SUBCASE("an id that is free") {
        machine.device.wrong.used_id = 5;
        expected = Problem::BadUsedId;
    }
    SUBCASE("more bytes than there was room") {
        machine.device.wrong.used_bytes = 65;
        expected = Problem::BadUsedLength;
    }
    SUBCASE("more completions than requests") {
        machine.device.wrong.used_index_ahead = 1;
        expected = Problem::BadUsedIndex;
    }
    SUBCASE("an index that runs backwards") {
        machine.device.wrong.used_index_ahead = 0xfffe;
        expected = Problem::BadUsedIndex;
    }
    REQUIRE(machine.add_one().has_value());
    machine.queue.kick();
    machine.device.step();
    CHECK(machine.queue.poll().error() == expected);
    CHECK(machine.queue.is_broken());
    CHECK(machine.queue.poll().error() == expected);
    CHECK(machine.add_one().error() == expected);
}

TEST_CASE("split queue: completing the same chain twice is noticed") {
    Machine machine(8);
    FakeDevice::Chain first;
    machine.device.handle = [&](FakeDevice& device, FakeDevice::Chain chain) {
        if (first.rooms.empty())
            first = chain;
        device.complete(first, 0);
    };
    REQUIRE(machine.add_one().has_value());
    REQUIRE(machine.add_one().has_value());
    machine.device.step();
    CHECK(machine.queue.poll()->found);
    CHECK(machine.queue.poll().error() == Problem::BadUsedId);
}

TEST_CASE("split queue: a middle descriptor is no chain") {
    Machine machine(8);
    const Piece rooms[] = {machine.piece(0, 8), machine.piece(8, 8), machine.piece(16, 8)};
    const auto chain = machine.queue.add({}, rooms);
    REQUIRE(chain.has_value());
    machine.device.wrong.used_id = *chain + 1u;
    machine.device.step();
    CHECK(machine.queue.poll().error() == Problem::BadUsedId);
}

TEST_CASE("split queue: rings overwritten by the device do not confuse the driver") {
    Machine machine(8);
    machine.device.wrong.scribbles_on_rings = true;
    answer_with(machine.device, "x");
    for (unsigned round = 0; round < 100; ++round) {
        const Piece rooms[] = {machine.piece(0, 8), machine.piece(8, 8), machine.piece(16, 8)};
        REQUIRE(machine.queue.add({}, rooms).has_value());
        machine.device.step();
        const auto polled = machine.queue.poll();
        REQUIRE(polled.has_value());
        REQUIRE(polled->found);
        CHECK(polled->completion.bytes_written == 1);
    }
    CHECK(machine.queue.free_descriptors() == 8);
}

TEST_CASE("split queue: memory that is too small or misaligned is refused") {
    alignas(64) static std::byte memory[8192];
    const std::size_t needed = SplitQueue::memory_bytes(16);
    CHECK(SplitQueue::create({memory, 0x1000, needed}, 16).has_value());
    CHECK(SplitQueue::create({memory, 0x1000, needed - 1}, 16).error() == Problem::BadQueueMemory);
    CHECK(SplitQueue::create({memory, 0x1008, needed}, 16).error() == Problem::BadQueueMemory);
    CHECK(SplitQueue::create({memory + 8, 0x1000, needed}, 16).error() == Problem::BadQueueMemory);
    CHECK(SplitQueue::create({memory, 0x1000, sizeof(memory)}, 12).error() == Problem::BadQueueMemory);
    CHECK(SplitQueue::create({memory, 0x1000, sizeof(memory)}, 0).error() == Problem::BadQueueMemory);
    CHECK(SplitQueue::create({memory, 0x1000, sizeof(memory)}, 256).error() == Problem::BadQueueMemory);
    CHECK(SplitQueue::create({nullptr, 0x1000, sizeof(memory)}, 16).error() == Problem::BadQueueMemory);
}
