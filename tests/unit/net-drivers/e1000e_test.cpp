// The 82574L's rings and bring-up against a device that obeys, and against the lies it can tell.
#include "drivers/e1000e/control.hpp"
#include "drivers/e1000e/queue.hpp"
#include "tests/unit/net-drivers/device_side.hpp"

#include <doctest/doctest.h>
#include <map>
#include <random>
#include <set>
#include <string>

using namespace exo;
using namespace exo::e1000e;
namespace sent = exo::e1000e::sending;
namespace came = exo::e1000e::received;

namespace {

constexpr std::uint32_t room = 1984;

// A queue and the device's end of it, which works up to the tail.
template <typename Queue>
struct Machine {
    explicit Machine(std::uint16_t size) : memory(Ring::memory_bytes(size)), size_(size) {
        REQUIRE(queue->open(memory.base, size, &tail).has_value());
    }
    bool device_has_work() const { return head != tail; }
    Descriptor& at(std::uint32_t slot) { return reinterpret_cast<Descriptor*>(memory.base)[slot]; }
    // Writes back to the next slot that the device owns.
    Descriptor write_back(std::uint64_t rest) {
        const Descriptor seen = at(head);
        at(head).rest = rest;
        head = (head + 1) % size_;
        return seen;
    }

    test::RingMemory memory;
    std::unique_ptr<Queue> queue = std::make_unique<Queue>();
    volatile std::uint32_t tail = 0;
    std::uint32_t head = 0;
    std::uint64_t offered = 0;

private:
    std::uint16_t size_;
};

struct Receiver : Machine<ReceiveQueue> {
    Receiver() : Machine(8) { queue->room_bytes = room; }
    void offer() {
        ++offered;
        queue->offer(reinterpret_cast<void*>(offered), offered << 12);
    }
    std::uint64_t take() { return reinterpret_cast<std::uint64_t>(queue->take().token); }
};

constexpr std::uint64_t whole(std::uint64_t octets) {
    return octets | came::done | came::end_of_frame;
}

} // namespace

TEST_CASE("e1000e: rooms go round many times, in order, each once, and one slot stays empty") {
    Receiver machine;
    std::mt19937 random(1);
    std::uint64_t expected = 1;
    for (unsigned round = 0; round < 300'000; ++round) {
        CHECK(machine.queue->in_flight() <= 7);
        if (random() % 2 && machine.queue->room() != 0) {
            machine.offer();
            machine.queue->publish();
        }
        if (random() % 2 && machine.device_has_work())
            machine.write_back(whole(60));
        const auto received = machine.queue->take();
        if (received.token) {
            CHECK(reinterpret_cast<std::uint64_t>(received.token) == expected++);
            CHECK(received.octets == 60);
        }
    }
    CHECK(expected > 65'536 + 100);
    CHECK_FALSE(machine.queue->is_broken());
}

TEST_CASE("e1000e: a full ring takes no more until something comes back") {
    Receiver machine;
    while (machine.queue->room() != 0)
        machine.offer();
    CHECK(machine.offered == 7);
    machine.queue->publish();
    CHECK(machine.tail == 7);
    machine.write_back(whole(60));
    CHECK(machine.queue->has_news());
    CHECK(machine.take() == 1);
    CHECK_FALSE(machine.queue->has_news());
    CHECK(machine.queue->room() == 1);
    machine.offer();
    machine.queue->publish();
    CHECK(machine.tail == 0);
}

TEST_CASE("e1000e: a checksum is good when the device looked and found nothing wrong") {
    Receiver machine;
    for (unsigned index = 0; index < 4; ++index)
        machine.offer();
    machine.queue->publish();
    machine.write_back(whole(60));
    machine.write_back(whole(60) | came::udp_checked);
    machine.write_back(whole(60) | came::tcp_checked);
    machine.write_back(whole(60) | came::tcp_checked | came::transport_bad);
    CHECK_FALSE(machine.queue->take().checksum_good);
    CHECK(machine.queue->take().checksum_good);
    CHECK(machine.queue->take().checksum_good);
    CHECK_FALSE(machine.queue->take().checksum_good);
}

TEST_CASE("e1000e: a device that lies is caught and never believed again") {
    Receiver machine;
    for (unsigned index = 0; index < 3; ++index)
        machine.offer();
    machine.queue->publish();
    Problem expected = Problem::BadLength;
    SUBCASE("more octets than there is room for") {
        machine.write_back(whole(room + 1));
    }
    SUBCASE("as many octets as a length can say") {
        machine.write_back(whole(0xffff));
    }
    SUBCASE("none") {
        machine.write_back(whole(0));
    }
    SUBCASE("a frame without an end") {
        machine.write_back(60 | came::done);
        expected = Problem::SplitFrame;
    }
    CHECK(machine.take() == 0);
    CHECK(machine.queue->is_broken());
    CHECK(machine.queue->problem() == expected);
    machine.write_back(whole(60));
    CHECK(machine.take() == 0);
    CHECK(machine.queue->room() == 0);
    for (std::uint64_t token = 1; token <= 3; ++token)
        CHECK(machine.queue->recover() == reinterpret_cast<void*>(token));
    CHECK(machine.queue->recover() == nullptr);
}

TEST_CASE("e1000e: the longest and the shortest length are believed") {
    Receiver machine;
    machine.offer();
    machine.offer();
    machine.queue->publish();
    machine.write_back(whole(1));
    machine.write_back(whole(room));
    CHECK(machine.queue->take().octets == 1);
    CHECK(machine.queue->take().octets == room);
}

TEST_CASE("e1000e: slots that are done without having been offered are not looked at") {
    Receiver machine;
    for (std::uint32_t slot = 0; slot < 8; ++slot)
        machine.at(slot).rest = whole(60);
    CHECK(machine.take() == 0);
    machine.offer();
    CHECK(machine.take() == 0); // offering wrote the slot anew
    machine.write_back(whole(60));
    CHECK(machine.take() == 1);
    CHECK(machine.take() == 0);
    CHECK_FALSE(machine.queue->is_broken());
}

TEST_CASE("e1000e: noise all over the shared memory never leads outside it") {
    std::mt19937 random(3);
    unsigned broken = 0;
    for (unsigned life = 0; life < 3000; ++life) {
        Receiver machine;
        std::set<std::uint64_t> out;
        for (unsigned round = 0; round < 40; ++round) {
            while (machine.queue->room() != 0 && random() % 4 != 0) {
                machine.offer();
                out.insert(machine.offered);
            }
            machine.queue->publish();
            for (unsigned scribbles = random() % 4; scribbles != 0; --scribbles)
                machine.memory.base[random() % machine.memory.bytes] = static_cast<std::byte>(random());
            for (unsigned turn = 0; turn < 8; ++turn) {
                const auto received = machine.queue->take();
                if (!received.token)
                    break;
                CHECK(out.erase(reinterpret_cast<std::uint64_t>(received.token)) == 1);
                CHECK(received.octets <= room);
            }
        }
        broken += machine.queue->is_broken();
        while (void* const token = machine.queue->recover())
            CHECK(out.erase(reinterpret_cast<std::uint64_t>(token)) == 1);
        CHECK(out.empty());
    }
    CHECK(broken > 300);
}

TEST_CASE("e1000e: frames in pieces come back once, with their last piece") {
    Machine<TransmitQueue> machine(8);
    machine.queue->offer_piece(0x1000, 20);
    machine.queue->offer_piece(0x2000, 30);
    machine.queue->offer(reinterpret_cast<void*>(1), 0x3000, 40);
    machine.queue->offer(reinterpret_cast<void*>(2), 0x4000, 60);
    machine.queue->publish();
    CHECK(machine.tail == 4);
    const std::uint64_t pieces[] = {20 | sent::insert_crc | sent::report, 30 | sent::insert_crc | sent::report,
                                    40 | sent::end_of_frame | sent::insert_crc | sent::report,
                                    60 | sent::end_of_frame | sent::insert_crc | sent::report};
    std::vector<void*> back;
    for (const std::uint64_t expected : pieces) {
        CHECK(machine.write_back(expected | sent::done).rest == expected);
        void* token = nullptr;
        while (machine.queue->take(token))
            back.push_back(token);
    }
    CHECK(back == std::vector<void*>{nullptr, nullptr, reinterpret_cast<void*>(1), reinterpret_cast<void*>(2)});
    CHECK(machine.queue->in_flight() == 0);
}

TEST_CASE("e1000e: rings of no such size or place are refused") {
    test::RingMemory memory(Ring::memory_bytes(64));
    volatile std::uint32_t tail = 0;
    const auto opens = [](std::byte* place, std::uint16_t size, volatile std::uint32_t* doorbell) {
        return std::make_unique<ReceiveQueue>()->open(place, size, doorbell).has_value();
    };
    CHECK(opens(memory.base, 64, &tail));
    CHECK_FALSE(opens(memory.base, 4, &tail));
    CHECK_FALSE(opens(memory.base, 0, &tail));
    CHECK_FALSE(opens(memory.base, 24, &tail));
    CHECK_FALSE(opens(memory.base, 2048, &tail));
    CHECK_FALSE(opens(memory.base + 8, 64, &tail));
    CHECK_FALSE(opens(nullptr, 64, &tail));
    CHECK_FALSE(opens(memory.base, 64, nullptr));
}

namespace {

// The register window: what is written stays, but for what the device does by itself.
struct FakeRegisters {
    std::map<std::uint64_t, std::uint32_t> values{{reg::address_low, 0x12005452}, {reg::address_high, 0x80005634}};
    std::uint32_t enabled_causes = 0;
    bool resets = true;
    static inline std::uint64_t now_us = 0;

    Registers registers() {
        return {.context = this,
                .read = [](void* context, std::uint64_t offset, unsigned bytes) -> std::uint64_t {
                    REQUIRE(bytes == 4);
                    REQUIRE(offset + 4 <= register_bytes);
                    return static_cast<FakeRegisters*>(context)->values[offset];
                },
                .write =
                    [](void* context, std::uint64_t offset, std::uint64_t value, unsigned bytes) {
                        REQUIRE(bytes == 4);
                        REQUIRE(offset + 4 <= register_bytes);
                        static_cast<FakeRegisters*>(context)->write(offset, static_cast<std::uint32_t>(value));
                    }};
    }
    void write(std::uint64_t offset, std::uint32_t value) {
        if (offset == reg::interrupt_mask_set)
            enabled_causes |= value;
        else if (offset == reg::interrupt_mask_clear)
            enabled_causes &= ~value;
        values[offset] = offset == reg::control && resets ? value & ~e1000e::control::reset : value;
    }
    Clock clock() {
        return {.now = [] { return now_us += 100; }, .ticks_per_us = 1};
    }
};

} // namespace

TEST_CASE("e1000e: a well-behaved NIC is brought up") {
    FakeRegisters device;
    Control control;
    REQUIRE(control.open(device.registers(), device.clock(), {}).has_value());
    CHECK(control.address() == std::array<std::uint8_t, 6>{0x52, 0x54, 0x00, 0x12, 0x34, 0x56});
    CHECK((device.values[reg::control] & e1000e::control::link_up) != 0);
    CHECK(device.values[reg::receive_control] == 0);
    control.start({0x1'2345'6000, 4096}, {0x2'0000'0000, 2048}, {3, 1});
    CHECK(device.values[reg::receive_base_low] == 0x2345'6000);
    CHECK(device.values[reg::receive_base_high] == 1);
    CHECK(device.values[reg::receive_bytes] == 4096);
    CHECK(device.values[reg::transmit_base_high] == 2);
    CHECK(device.values[reg::transmit_bytes] == 2048);
    CHECK(device.values[reg::vector_allocation] == (3 | vectors::valid | (1 | vectors::valid) << 8));
    CHECK((device.values[reg::receive_control] & receive_control::enable) != 0);
    CHECK((device.values[reg::receive_control] & receive_control::all_unicast) == 0);
    CHECK((device.values[reg::transmit_control] & transmit_control::enable) != 0);
    CHECK(device.enabled_causes == 0);
    control.enable_interrupt();
    CHECK(device.enabled_causes == cause::receive_queue_0);
    control.enable_sent_interrupt();
    CHECK(device.enabled_causes == (cause::receive_queue_0 | cause::transmit_queue_0));
    control.disable_interrupt();
    CHECK(device.enabled_causes == cause::transmit_queue_0);
    control.disable_sent_interrupt();
    CHECK(device.enabled_causes == 0);
    CHECK_FALSE(control.link_is_up());
    device.values[reg::status] = status::link_up;
    CHECK(control.link_is_up());
    CHECK(control.reset());
    CHECK(device.values[reg::receive_control] == 0);
}

TEST_CASE("e1000e: every unicast frame is taken only if that was wished for") {
    FakeRegisters device;
    Control control;
    REQUIRE(control.open(device.registers(), device.clock(), {.promiscuous = true}).has_value());
    control.start({0x1000, 4096}, {0x2000, 4096}, {});
    CHECK((device.values[reg::receive_control] & receive_control::all_unicast) != 0);
}

TEST_CASE("e1000e: what bring-up refuses") {
    FakeRegisters device;
    Control control;
    SUBCASE("a reset that never ends") {
        device.resets = false;
        const std::uint64_t before = FakeRegisters::now_us;
        CHECK(control.open(device.registers(), device.clock(), {}).error() == Problem::ResetTimedOut);
        CHECK(FakeRegisters::now_us - before >= reset_timeout_us);
        CHECK(FakeRegisters::now_us - before < 2 * reset_timeout_us);
    }
    SUBCASE("an address that is not valid") {
        device.values[reg::address_high] = 0x5634;
        CHECK(control.open(device.registers(), device.clock(), {}).error() == Problem::NoAddress);
    }
    SUBCASE("no address at all") {
        device.values[reg::address_low] = 0;
        device.values[reg::address_high] = address_high::valid;
        CHECK(control.open(device.registers(), device.clock(), {}).error() == Problem::NoAddress);
    }
}

TEST_CASE("e1000e: each problem has a sentence of its own") {
    std::set<std::string> sentences;
    for (int problem = 0; problem <= static_cast<int>(Problem::SplitFrame); ++problem)
        CHECK(sentences.insert(describe(static_cast<Problem>(problem))).second);
    CHECK_FALSE(sentences.contains("unknown fault"));
}
