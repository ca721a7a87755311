// The virtio 9P device: its mount tag and the way of one message. The protocol is tested in tests/unit/ninep/.
#include "drivers/virtio-9p/request_queue.hpp"
#include "tests/unit/virtio/fake_device.hpp"

#include <cstring>
#include <doctest/doctest.h>

using namespace exo;
using test::FakeDevice;
using virtio::Problem;

namespace {

std::string config_with(std::string tag) {
    const auto length = static_cast<std::uint16_t>(tag.size());
    return std::string(reinterpret_cast<const char*>(&length), 2) + tag;
}

struct Machine {
    explicit Machine(std::string config) : device(virtio::DeviceType::NineP, {128}, std::move(config)) {
        device.features |= 1;
        environment = device.environment();
    }
    FakeDevice device;
    virtio::Environment environment;
    virtio_9p::RequestQueue queue;
};

} // namespace

TEST_CASE("virtio-9p: the mount tag and a message") {
    Machine machine(config_with("share"));
    REQUIRE(machine.queue.bring_up(machine.environment).has_value());
    CHECK(machine.queue.mount_tag() == "share");
    CHECK(machine.queue.pieces_max() == 128);
    const auto memory = *machine.environment.allocate_dma(machine.environment.context, 4096);
    std::memcpy(memory.memory, "request", 7);
    machine.device.handle = [](FakeDevice& device, FakeDevice::Chain chain) {
        CHECK(chain.request == "request");
        device.complete(chain, chain.write("reply"));
    };
    const virtio::Piece request{memory.device_address, 7};
    const virtio::Piece reply{memory.device_address + 100, 50};
    const auto chain = machine.queue.submit({&request, 1}, {&reply, 1});
    REQUIRE(chain.has_value());
    machine.device.step();
    CHECK(machine.device.doorbells_rung == 1);
    const auto polled = machine.queue.poll();
    REQUIRE(polled->found);
    CHECK(polled->completion.bytes_written == 5);
    CHECK(machine.queue.shut_down());
}

TEST_CASE("virtio-9p: what bring-up refuses leaves the device reset") {
    SUBCASE("a tag longer than the configuration") {
        std::string config = config_with("share");
        config[0] = 40;
        Machine machine(config);
        CHECK(machine.queue.bring_up(machine.environment).error() == Problem::MissingStructure);
        CHECK(machine.device.status == 0);
    }
    SUBCASE("a tag longer than any") {
        Machine machine(config_with(std::string(65, 't')));
        CHECK(machine.queue.bring_up(machine.environment).error() == Problem::BadMessage);
    }
    SUBCASE("no tag") {
        Machine machine(config_with("share"));
        machine.device.features &= ~1ull;
        CHECK(machine.queue.bring_up(machine.environment).error() == Problem::MissingFeature);
    }
    SUBCASE("no queue") {
        Machine machine(config_with("share"));
        machine.device.queues.clear();
        CHECK(machine.queue.bring_up(machine.environment).error() == Problem::MissingQueue);
    }
    SUBCASE("no memory") {
        Machine machine(config_with("share"));
        machine.device.dma_left = 0;
        CHECK(machine.queue.bring_up(machine.environment).error() == Problem::OutOfMemory);
    }
}
