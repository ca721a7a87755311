// Bring-up of a virtio device: the order of the steps, and each way a device can refuse or lie during it.
#include "drivers/virtio/transport.hpp"
#include "tests/unit/virtio/fake_device.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace exo;
using test::FakeDevice;
using virtio::DeviceType;
using virtio::Problem;
using virtio::Transport;

namespace {

struct Bare {
    FakeDevice device{DeviceType::NineP, {128, 64}, "configuration"};
    virtio::Environment environment = device.environment();

    virtio::Expected<Transport> open() { return Transport::open(environment, DeviceType::NineP); }
};

// Place of a field of the first capability, which is the common structure's.
constexpr std::size_t first_capability = 0x40;

} // namespace

TEST_CASE("transport: a well-behaved device is brought up step by step") {
    Bare bare;
    bare.device.status = 0xff; // as a predecessor left it
    bare.device.features |= 1 | virtio::feature::event_index | virtio::feature::ring_packed;
    auto transport = bare.open();
    REQUIRE(transport.has_value());
    CHECK(bare.device.status == (virtio::status::acknowledge | virtio::status::driver));
    const auto agreed = transport->negotiate(1, virtio::feature::in_order);
    REQUIRE(agreed.has_value());
    CHECK(*agreed == (1 | virtio::feature::version_1 | virtio::feature::access_platform));
    CHECK(bare.device.accepted_features == *agreed);
    CHECK(transport->queue_count() == 2);
    CHECK(transport->queue_size_max(0) == 128);
    CHECK(transport->queue_size_max(1) == 64);
    CHECK(transport->queue_size_max(2) == 0);
    const auto doorbell = transport->set_up_queue(
        1, {.size = 32, .descriptors = 0x1'2345'6000, .driver_area = 0x2'0000'1000, .device_area = 0x3'0000'2000}, 3);
    REQUIRE(doorbell.has_value());
    const FakeDevice::Queue& queue = bare.device.queues[1];
    CHECK(queue.enabled);
    CHECK(queue.size == 32);
    CHECK(queue.vector == 3);
    CHECK(queue.descriptors == 0x1'2345'6000);
    CHECK(queue.driver_area == 0x2'0000'1000);
    CHECK(queue.device_area == 0x3'0000'2000);
    CHECK((bare.device.status & virtio::status::driver_ok) == 0);
    doorbell->ring();
    bare.device.step();
    CHECK(bare.device.doorbells_rung == 1);
    transport->start();
    CHECK((bare.device.status & virtio::status::driver_ok) != 0);
    CHECK_FALSE(transport->needs_reset());
    bare.device.status |= virtio::status::needs_reset;
    CHECK(transport->needs_reset());
    CHECK(transport->reset());
    CHECK_FALSE(queue.enabled);
}

TEST_CASE("transport: device configuration is read whole or not at all") {
    Bare bare;
    const auto transport = bare.open();
    REQUIRE(transport.has_value());
    std::byte text[13];
    REQUIRE(transport->read_config(0, text, 13).has_value());
    CHECK(std::string(reinterpret_cast<char*>(text), 13) == "configuration");
    CHECK(transport->read_config(1, text, 13).error() == Problem::MissingStructure);
    CHECK(transport->read_config(~0ull, text, 2).error() == Problem::MissingStructure);
    bare.device.wrong.config_never_settles = true;
    CHECK(transport->read_config(0, text, 4).error() == Problem::ConfigUnstable);
}

TEST_CASE("transport: what bring-up refuses") {
    Bare bare;
    SUBCASE("another vendor") {
        bare.device.config[0] = 0;
        CHECK(bare.open().error() == Problem::WrongDevice);
    }
    SUBCASE("another type") {
        CHECK(Transport::open(bare.environment, DeviceType::Console).error() == Problem::WrongDevice);
    }
    SUBCASE("a legacy identity") {
        bare.device.config[2] = 0x09;
        CHECK(bare.open().error() == Problem::WrongDevice);
    }
    SUBCASE("a device that never resets") {
        bare.device.wrong.never_resets = true;
        CHECK(bare.open().error() == Problem::ResetTimedOut);
        CHECK(bare.device.now_us >= virtio::reset_timeout_us);
        CHECK(bare.device.now_us < 2 * virtio::reset_timeout_us);
    }
    SUBCASE("no IOMMU") {
        bare.device.features = virtio::feature::version_1;
        CHECK(bare.open()->negotiate(0, 0).error() == Problem::MissingFeature);
        CHECK((bare.device.status & virtio::status::failed) != 0);
    }
    SUBCASE("not virtio 1") {
        bare.device.features = virtio::feature::access_platform;
        CHECK(bare.open()->negotiate(0, 0).error() == Problem::MissingFeature);
    }
    SUBCASE("a required feature is absent") {
        CHECK(bare.open()->negotiate(2, 0).error() == Problem::MissingFeature);
    }
    SUBCASE("features refused in the end") {
        bare.device.wrong.refuses_features = true;
        CHECK(bare.open()->negotiate(0, 0).error() == Problem::FeaturesRefused);
        CHECK((bare.device.status & virtio::status::failed) != 0);
    }
    SUBCASE("no room for a vector") {
        bare.device.wrong.refuses_vectors = true;
        CHECK(bare.open()->set_up_queue(0, {.size = 8}, 1).error() == Problem::VectorRefused);
    }
    SUBCASE("a queue larger than the device's") {
        CHECK(bare.open()->set_up_queue(1, {.size = 128}).error() == Problem::MissingQueue);
    }
    SUBCASE("a queue that is not there") {
        CHECK(bare.open()->set_up_queue(2, {.size = 8}).error() == Problem::MissingQueue);
    }
}

TEST_CASE("transport: malformed capabilities are refused") {
    Bare bare;
    auto& config = bare.device.config;
    SUBCASE("none") {
        config[0x06] = 0;
        CHECK(bare.open().error() == Problem::MissingStructure);
    }
    SUBCASE("a list that goes round") {
        config[first_capability + 1] = first_capability;
        CHECK(bare.open().error() == Problem::BadCapabilities);
    }
    SUBCASE("a list that leads into the header") {
        config[first_capability + 1] = 0x10;
        CHECK(bare.open().error() == Problem::BadCapabilities);
    }
    SUBCASE("a capability too short") {
        config[first_capability + 2] = 8;
        CHECK(bare.open().error() == Problem::BadCapabilities);
    }
    SUBCASE("a capability that leaves the standard space") {
        config[0x34] = 0xfc;
        config[0xfc] = virtio::pci_config::capability_vendor;
        config[0xfe] = 16;
        CHECK(bare.open().error() == Problem::BadCapabilities);
    }
    SUBCASE("a common structure that is too small") {
        config[first_capability + 12] = 40;
        CHECK(bare.open().error() == Problem::MissingStructure);
    }
    SUBCASE("a reserved BAR is skipped, and then the structure is missing") {
        config[first_capability + 4] = 6;
        CHECK(bare.open().error() == Problem::MissingStructure);
    }
    SUBCASE("a structure outside its BAR") {
        config[first_capability + 10] = 0xff;
        CHECK(bare.open().error() == Problem::Unmappable);
    }
    SUBCASE("the first of two structures of a type counts") {
        bare.device.add_capability(virtio::StructureType::Common, 0, 0, 4096);
        CHECK(bare.open().has_value());
    }
}

TEST_CASE("transport: a doorbell outside the notification structure is refused") {
    Bare bare;
    auto& config = bare.device.config;
    for (std::size_t at = first_capability; at < 0x100; at += 16)
        if (config[at] == 9 && config[at + 3] == 2) {
            SUBCASE("by size") {
                config[at + 12] = 4;
                config[at + 13] = 0;
            } // room for one queue's doorbell
            SUBCASE("by multiplier") {
                config[at + 18] = 0xff;
            }
            SUBCASE("by alignment") {
                config[at + 16] = 1;
            }
            break;
        }
    auto transport = bare.open();
    REQUIRE(transport.has_value());
    CHECK(transport->set_up_queue(0, {.size = 8}).has_value());
    CHECK(transport->set_up_queue(1, {.size = 8}).error() == Problem::BadCapabilities);
}

TEST_CASE("virtio: each problem has a sentence of its own") {
    std::vector<std::string> sentences;
    for (int problem = 0; problem <= static_cast<int>(Problem::NeedsReset); ++problem) {
        const std::string sentence = virtio::describe(static_cast<Problem>(problem));
        CHECK(sentence.find("unknown fault") == std::string::npos);
        CHECK(std::find(sentences.begin(), sentences.end(), sentence) == sentences.end());
        sentences.push_back(sentence);
    }
}
