// The NIC's rings, split and packed, against a device that obeys, and against every lie it can tell about a completion.
#include "tests/unit/net-drivers/device_side.hpp"

#include <deque>
#include <doctest/doctest.h>
#include <random>
#include <set>

using namespace exo;
using test::DeviceSide;
using test::Offered;
using virtio::Problem;
using virtio_net::Completion;
using virtio_net::PackedRing;
using virtio_net::SplitRing;

namespace {

constexpr std::uint32_t least = 12, room = 1996;

template <typename Ring>
struct Machine {
    explicit Machine(std::uint16_t size) : memory(Ring::memory_bytes(size)) {
        REQUIRE(ring->open(memory.buffer(), size).has_value());
        device.emplace(memory, ring->places());
        ring->set_doorbell({&doorbell, 5});
    }
    // Offers the next buffer; its number is its token, and its address.
    void offer() {
        ++offered;
        ring->offer(ring->next_slot(), reinterpret_cast<void*>(offered), offered << 12, room,
                    virtio::descriptor_flag::device_writes);
    }
    std::uint64_t take() {
        return ring->pending() ? reinterpret_cast<std::uint64_t>(ring->take(least, room).token) : 0;
    }
    bool rang() {
        const bool rung = doorbell != no_ring;
        doorbell = no_ring;
        return rung;
    }

    static constexpr std::uint16_t no_ring = 0xffff;
    test::RingMemory memory;
    std::unique_ptr<Ring> ring = std::make_unique<Ring>();
    std::optional<DeviceSide<Ring>> device;
    volatile std::uint16_t doorbell = no_ring;
    std::uint64_t offered = 0;
};

// What is true of a ring from the first lie on.
template <typename Ring>
void check_broken(Machine<Ring>& machine, Problem expected, std::size_t left) {
    Ring& ring = *machine.ring;
    CHECK(ring.is_broken());
    CHECK(ring.problem() == expected);
    for (unsigned again = 0; again < 3; ++again) {
        CHECK(ring.pending() == 0);
        CHECK(ring.take(least, room).token == nullptr);
        CHECK_FALSE(ring.is_free(ring.next_slot()));
    }
    machine.rang();
    ring.publish();
    CHECK_FALSE(machine.rang());
    CHECK(ring.problem() == expected);
    std::set<void*> back;
    while (void* const token = ring.recover()) {
        CHECK(reinterpret_cast<std::uint64_t>(token) <= machine.offered);
        CHECK(back.insert(token).second);
    }
    CHECK(back.size() == left);
    CHECK(ring.recover() == nullptr);
}

} // namespace

TEST_CASE_TEMPLATE("ring: buffers go round many times, in order, each once", Ring, SplitRing, PackedRing) {
    Machine<Ring> machine(8);
    std::mt19937 random(1);
    std::deque<Offered> held;
    std::uint64_t expected = 1;
    for (unsigned round = 0; round < 300'000; ++round) {
        if (random() % 2 && machine.ring->is_free(machine.ring->next_slot())) {
            machine.offer();
            machine.ring->publish();
        }
        if (const auto seen = machine.device->take()) {
            CHECK(seen->bytes == room);
            CHECK(seen->flags == virtio::descriptor_flag::device_writes);
            held.push_back(*seen);
        }
        if (random() % 2 && !held.empty()) {
            machine.device->complete(held.front().id, 60);
            held.pop_front();
        }
        if (const std::uint64_t token = machine.take())
            CHECK(token == expected++);
    }
    CHECK(expected > 65'536 + 100); // the free-running indices have gone round, too
    CHECK_FALSE(machine.ring->is_broken());
}

TEST_CASE_TEMPLATE("ring: completions in any order bring each buffer back once", Ring, SplitRing, PackedRing) {
    Machine<Ring> machine(16);
    std::mt19937 random(2);
    std::vector<Offered> held;
    std::set<std::uint64_t> out;
    for (unsigned round = 0; round < 200'000; ++round) {
        if (machine.ring->is_free(machine.ring->next_slot())) {
            machine.offer();
            out.insert(machine.offered);
            machine.ring->publish();
        }
        while (const auto seen = machine.device->take())
            held.push_back(*seen);
        if (!held.empty() && random() % 4 != 0) {
            const std::size_t which = random() % held.size();
            CHECK(out.contains(held[which].address >> 12)); // nobody overwrote what the device holds
            machine.device->complete(held[which].id, 60);
            held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
        }
        if (const std::uint64_t token = machine.take())
            CHECK(out.erase(token) == 1);
    }
    CHECK(machine.offered > 20'000);
    CHECK_FALSE(machine.ring->is_broken());
}

TEST_CASE_TEMPLATE("ring: a full ring takes no more until something comes back", Ring, SplitRing, PackedRing) {
    Machine<Ring> machine(4);
    for (unsigned index = 0; index < 4; ++index) {
        REQUIRE(machine.ring->is_free(machine.ring->next_slot()));
        machine.offer();
    }
    CHECK_FALSE(machine.ring->is_free(machine.ring->next_slot()));
    CHECK(machine.ring->in_flight() == 4);
    machine.ring->publish();
    machine.device->complete(machine.device->take()->id, 60);
    CHECK(machine.take() == 1);
    CHECK(machine.ring->is_free(machine.ring->next_slot()));
    CHECK(machine.ring->in_flight() == 3);
}

TEST_CASE_TEMPLATE("ring: doorbells and interrupts are asked for and not", Ring, SplitRing, PackedRing) {
    Machine<Ring> machine(4);
    machine.offer();
    machine.ring->publish();
    CHECK(machine.doorbell == 5);
    CHECK(machine.rang());
    machine.device->want_doorbells(false);
    machine.offer();
    machine.ring->publish();
    CHECK_FALSE(machine.rang());
    machine.device->want_doorbells(true);
    machine.ring->publish();
    CHECK(machine.rang());
    CHECK_FALSE(machine.device->wants_interrupts());
    machine.ring->enable_interrupts();
    CHECK(machine.device->wants_interrupts());
    machine.ring->disable_interrupts();
    CHECK_FALSE(machine.device->wants_interrupts());
}

TEST_CASE_TEMPLATE("ring: a device that lies is caught and never believed again", Ring, SplitRing, PackedRing) {
    Machine<Ring> machine(8);
    for (unsigned index = 0; index < 4; ++index)
        machine.offer();
    machine.ring->publish();
    Problem expected = Problem::BadUsedId;
    std::size_t left = 4;
    SUBCASE("an identity beyond the ring") {
        machine.device->complete(8, 60);
    }
    SUBCASE("an identity far beyond it") {
        machine.device->complete(0xffff'ffff, 60);
    }
    SUBCASE("one that was never offered") {
        machine.device->complete(6, 60);
    }
    SUBCASE("the same twice") {
        machine.device->complete(2, 60);
        machine.device->complete(2, 60);
        CHECK(machine.take() == 3);
        left = 3;
    }
    SUBCASE("more octets than there is room for") {
        machine.device->complete(0, room + 1);
        expected = Problem::BadUsedLength;
    }
    SUBCASE("as many octets as a length can say") {
        machine.device->complete(0, 0xffff'ffff);
        expected = Problem::BadUsedLength;
    }
    SUBCASE("less than a header") {
        machine.device->complete(0, least - 1);
        expected = Problem::BadUsedLength;
    }
    if constexpr (!Ring::is_packed) {
        SUBCASE("more completions than there are buffers") {
            for (unsigned index = 0; index < 5; ++index)
                machine.device->complete(index, 60);
            expected = Problem::BadUsedIndex;
        }
        SUBCASE("completions of what was not published") {
            machine.offer();
            ++left;
            for (unsigned index = 0; index < 5; ++index)
                machine.device->complete(index, 60);
            expected = Problem::BadUsedIndex;
        }
        SUBCASE("an index that runs backwards") {
            for (unsigned index = 0; index < 0xffff; ++index)
                machine.device->complete(0, 60);
            expected = Problem::BadUsedIndex;
        }
    }
    CHECK(machine.take() == 0);
    check_broken(machine, expected, left);
}

TEST_CASE_TEMPLATE("ring: lengths at the borders are believed", Ring, SplitRing, PackedRing) {
    Machine<Ring> machine(4);
    machine.offer();
    machine.offer();
    machine.ring->publish();
    machine.device->complete(0, least);
    machine.device->complete(1, room);
    CHECK(machine.take() == 1);
    CHECK(machine.take() == 2);
}

TEST_CASE_TEMPLATE("ring: noise all over the shared memory never leads outside it", Ring, SplitRing, PackedRing) {
    std::mt19937 random(3);
    unsigned broken = 0;
    for (unsigned life = 0; life < 3000; ++life) {
        Machine<Ring> machine(8);
        std::set<std::uint64_t> out;
        for (unsigned round = 0; round < 40; ++round) {
            while (machine.ring->is_free(machine.ring->next_slot()) && random() % 4 != 0) {
                machine.offer();
                out.insert(machine.offered);
            }
            machine.ring->publish();
            for (unsigned scribbles = random() % 3; scribbles != 0; --scribbles) {
                // Small numbers are likelier to be taken for something.
                const std::size_t place = random() % machine.memory.bytes;
                machine.memory.base[place] = static_cast<std::byte>(random() % 2 ? random() : random() % 10);
            }
            if (random() % 2)
                if (const auto seen = random() % 2 ? machine.device->take() : std::nullopt)
                    machine.device->complete(seen->id, random() % 3000);
            for (std::uint32_t count = machine.ring->pending(); count != 0; --count) {
                const Completion done = machine.ring->take(least, room);
                if (!done.token)
                    break;
                CHECK(out.erase(reinterpret_cast<std::uint64_t>(done.token)) == 1);
                CHECK(done.bytes >= least);
                CHECK(done.bytes <= room);
            }
        }
        broken += machine.ring->is_broken();
        while (void* const token = machine.ring->recover())
            CHECK(out.erase(reinterpret_cast<std::uint64_t>(token)) == 1);
        CHECK(out.empty());
    }
    CHECK(broken > 300);
}

TEST_CASE_TEMPLATE("ring: memory that is too small or misaligned is refused", Ring, SplitRing, PackedRing) {
    test::RingMemory memory(8192);
    const std::size_t needed = Ring::memory_bytes(16);
    const auto opens = [](const virtio::DmaBuffer& buffer, std::uint16_t size) {
        return std::make_unique<Ring>()->open(buffer, size).has_value();
    };
    CHECK(opens({memory.base, 0x1000, needed}, 16));
    CHECK_FALSE(opens({memory.base, 0x1000, needed - 1}, 16));
    CHECK_FALSE(opens({memory.base + 8, 0x1000, needed}, 16));
    CHECK_FALSE(opens({memory.base, 0x1008, needed}, 16));
    CHECK_FALSE(opens({memory.base, 0x1000, memory.bytes}, 12));
    CHECK_FALSE(opens({memory.base, 0x1000, memory.bytes}, 0));
    CHECK_FALSE(opens({memory.base, 0x1000, 1 << 20}, 2048));
    CHECK_FALSE(opens({nullptr, 0x1000, needed}, 16));
}

TEST_CASE_TEMPLATE("ring: a frame over several rooms is whole or refused", Ring, SplitRing, PackedRing) {
    Machine<Ring> machine(8);
    auto queue = std::make_unique<virtio_net::ReceiveQueue<Ring>>();
    queue->room_bytes = room;
    REQUIRE(queue->ring.open(machine.memory.buffer(), 8).has_value());
    queue->ring.set_doorbell({&machine.doorbell, 5});
    for (std::uint64_t index = 1; index <= 6; ++index)
        queue->offer(queue->ring.next_slot(), reinterpret_cast<void*>(index), index << 12);
    queue->publish();
    virtio_net::Header header{};
    Completion rest[4];
    for (std::uint32_t id = 0; id < 3; ++id)
        machine.device->complete(id, 100 + id);
    REQUIRE(queue->ring.pending() != 0);
    REQUIRE(queue->take().bytes == 100);
    SUBCASE("three rooms, all there") {
        header.buffers = 3;
        REQUIRE(queue->take_rest(header, rest) == 2);
        CHECK(rest[0].bytes == 101);
        CHECK(rest[1].token == reinterpret_cast<void*>(3));
        CHECK_FALSE(queue->ring.is_broken());
    }
    SUBCASE("one room, or none said") {
        for (const std::uint16_t rooms : {std::uint16_t{0}, std::uint16_t{1}}) {
            header.buffers = rooms;
            CHECK(queue->take_rest(header, rest) == 0);
        }
        CHECK_FALSE(queue->ring.is_broken());
    }
    SUBCASE("more rooms than were completed") {
        header.buffers = 4;
        CHECK(queue->take_rest(header, rest) == 2);
        CHECK(queue->ring.problem() == Problem::BadMessage);
    }
    SUBCASE("more rooms than anyone has") {
        header.buffers = 0xffff;
        CHECK(queue->take_rest(header, rest) <= 4);
        CHECK(queue->ring.is_broken());
    }
}
