// Bring-up of a virtio NIC: what is agreed on, the commands, and each way a device can refuse or lie.
#include "drivers/virtio-net/control.hpp"
#include "tests/unit/virtio/fake_device.hpp"

#include <cstring>
#include <doctest/doctest.h>

using namespace exo;
using test::FakeDevice;
using virtio::Problem;
namespace vn = virtio_net;

namespace {

std::string config_of(std::uint16_t pairs_max, std::uint16_t mtu) {
    std::string config("\x52\x54\x00\x12\x34\x56\x01\x00", 8);
    config.append(reinterpret_cast<const char*>(&pairs_max), 2);
    config.append(reinterpret_cast<const char*>(&mtu), 2);
    return config;
}

struct Machine {
    explicit Machine(std::uint16_t pairs_max = 4, std::uint16_t mtu = 1500)
        : device(virtio::DeviceType::Network,
                 std::vector<std::uint16_t>(static_cast<std::size_t>(2 * pairs_max + 1), 256),
                 config_of(pairs_max, mtu)) {
        device.features |= vn::feature::mac | vn::feature::mtu | vn::feature::control_queue |
                           vn::feature::control_receive | vn::feature::multiqueue;
        // The device's end of the control queue; packed ones are looked at by take_packed.
        device.handle = [this](FakeDevice& self, FakeDevice::Chain chain) {
            if (chain.queue != command_queue)
                return;
            commands.push_back(chain.request);
            const char answer = answers;
            self.complete(chain, chain.write({&answer, 1}));
        };
        last_queue = static_cast<std::uint16_t>(2 * pairs_max);
    }
    // The control queue is behind the pairs: one without multiqueue, all that there are with it (5.1.2).
    virtio::Expected<void> open(const vn::Wishes& wishes) {
        command_queue = wishes.pairs > 1 ? last_queue : 2;
        return control.open(environment, wishes);
    }

    FakeDevice device;
    virtio::Environment environment = device.environment();
    vn::Control control;
    std::uint16_t last_queue = 0, command_queue = 0;
    std::vector<std::string> commands;
    char answers = vn::command_done;
};

} // namespace

TEST_CASE("virtio-net: a plain NIC is what its configuration says") {
    Machine machine;
    REQUIRE(machine.open({}).has_value());
    const vn::Facts& facts = machine.control.facts();
    CHECK(facts.mac == std::array<std::uint8_t, 6>{0x52, 0x54, 0x00, 0x12, 0x34, 0x56});
    CHECK(facts.mtu == 1500);
    CHECK(facts.pairs == 1);
    CHECK_FALSE(facts.packed);
    CHECK_FALSE(facts.has(vn::feature::mergeable_buffers));
    CHECK(machine.control.queue_size(0, 1000) == 256);
    CHECK(machine.control.queue_size(0, 100) == 64);
    CHECK(machine.control.queue_size(100, 100) == 0);
    REQUIRE(machine.control.start().has_value());
    CHECK((machine.device.status & virtio::status::driver_ok) != 0);
}

TEST_CASE("virtio-net: it is told to take its own frames only, unless others are wished for") {
    Machine machine;
    bool promiscuous = false;
    SUBCASE("its own") {}
    SUBCASE("all") {
        promiscuous = true;
    }
    REQUIRE(machine.open({.promiscuous = promiscuous}).has_value());
    REQUIRE(machine.control.start().has_value());
    if (promiscuous)
        CHECK(machine.commands.empty());
    else
        CHECK(machine.commands == std::vector<std::string>{{"\0\0\0", 3}, {"\0\1\1", 3}});
}

TEST_CASE("virtio-net: several queue pairs, as many as both sides have") {
    Machine machine;
    std::uint16_t wished = 3, expected = 3;
    SUBCASE("fewer than the device has") {}
    SUBCASE("more than it has") {
        wished = 9;
        expected = 4;
    }
    REQUIRE(machine.open({.pairs = wished, .promiscuous = true}).has_value());
    CHECK(machine.control.facts().pairs == expected);
    REQUIRE(machine.control.start().has_value());
    REQUIRE(machine.commands.size() == 1);
    CHECK(machine.commands[0] == std::string("\4\0", 2) + static_cast<char>(expected) + '\0');
}

TEST_CASE("virtio-net: commands that are refused or lost end the bring-up with the device reset") {
    Machine machine;
    REQUIRE(machine.open({}).has_value());
    Problem expected = Problem::BadMessage;
    SUBCASE("refused") {
        machine.answers = 1;
    }
    SUBCASE("never answered") {
        machine.device.wrong.loses_everything = true;
        expected = Problem::TimedOut;
    }
    SUBCASE("something else completed") {
        machine.device.wrong.used_id = 6;
        expected = Problem::BadUsedId;
    }
    SUBCASE("an answer that was announced and not written") {
        machine.device.handle = [](FakeDevice& self, FakeDevice::Chain chain) { self.complete(chain, 1); };
    }
    CHECK(machine.control.start().error() == expected);
    CHECK(machine.device.status == 0);
}

TEST_CASE("virtio-net: commands through a packed queue") {
    Machine machine;
    machine.device.features |= virtio::feature::ring_packed;
    machine.device.wrong.loses_everything = true; // the fake reads split rings only
    unsigned taken = 0;
    bool lies = false;
    SUBCASE("obeyed") {}
    SUBCASE("something else completed") {
        lies = true;
    }
    machine.device.on_step = [&] {
        const auto& queue = machine.device.queues[machine.command_queue];
        auto* const table =
            reinterpret_cast<vn::PackedDescriptor*>(machine.device.at(queue.descriptors, 16u * queue.size));
        const auto available = [&](unsigned at) { return (table[at].rest >> 48 & 0x8080) == 0x0080; };
        if (taken + 1 >= queue.size || !available(taken) || !available(taken + 1))
            return;
        const auto bytes = static_cast<std::uint32_t>(table[taken].rest);
        machine.commands.emplace_back(reinterpret_cast<const char*>(machine.device.at(table[taken].address, bytes)),
                                      bytes);
        *machine.device.at(table[taken + 1].address, 1) = std::byte{0};
        const std::uint64_t id = (table[taken + 1].rest >> 32 & 0xffff) + (lies ? 1 : 0);
        table[taken].rest = 1 | id << 32 | 0x8080ull << 48;
        taken += 2;
    };
    REQUIRE(machine.open({}).has_value());
    CHECK(machine.control.facts().packed);
    const auto started = machine.control.start();
    if (lies) {
        CHECK(started.error() == Problem::BadUsedId);
    } else {
        REQUIRE(started.has_value());
        CHECK(machine.commands == std::vector<std::string>{{"\0\0\0", 3}, {"\0\1\1", 3}});
    }
}

TEST_CASE("virtio-net: what bring-up refuses") {
    SUBCASE("an MTU below the least") {
        Machine machine(4, 67);
        CHECK(machine.open({}).error() == Problem::BadMessage);
        CHECK(machine.device.status == 0);
    }
    SUBCASE("no queue pairs") {
        Machine machine(0);
        CHECK(machine.open({.pairs = 2}).error() == Problem::BadMessage);
    }
    SUBCASE("more queue pairs than can be") {
        Machine machine(4);
        const std::uint16_t pairs = 0x8001;
        FakeDevice other(virtio::DeviceType::Network, {256, 256, 64}, config_of(pairs, 1500));
        other.features = machine.device.features;
        const auto environment = other.environment();
        CHECK(machine.control.open(environment, {.pairs = 2}).error() == Problem::BadMessage);
    }
    SUBCASE("another device") {
        FakeDevice other(virtio::DeviceType::Console, {64, 64}, "configuration");
        const auto environment = other.environment();
        vn::Control control;
        CHECK(control.open(environment, {}).error() == Problem::WrongDevice);
    }
    SUBCASE("no memory for commands") {
        Machine machine;
        machine.device.dma_left = 1000;
        CHECK(machine.open({}).error() == Problem::OutOfMemory);
    }
    SUBCASE("a device without the IOMMU") {
        Machine machine;
        machine.device.features &= ~virtio::feature::access_platform;
        CHECK(machine.open({}).error() == Problem::MissingFeature);
    }
}

TEST_CASE("virtio-net: commands with more data than there is room for, or one too many, are refused") {
    Machine machine;
    vn::CommandQueue commands;
    REQUIRE(commands.open(machine.environment, false).has_value());
    std::uint16_t rung = 0;
    commands.set_doorbell({&rung, 2});
    const std::uint8_t much[14] = {};
    CHECK(commands.send(0, 0, much).error() == Problem::BadBuffer);
    CHECK(rung == 0);
    for (unsigned sent = 0; sent < vn::commands_max; ++sent)
        CHECK(commands.send(0, 0, {}).error() == Problem::TimedOut); // no device was told of this queue
    CHECK(rung == 2);
    CHECK(commands.send(0, 0, {}).error() == Problem::QueueFull);
}
