// The 9P client over the virtio transport over a fake device, with the fake server behind the device: all but QEMU.
#include "libos/ninep/virtio_transport.hpp"
#include "tests/unit/ninep/fixture.hpp"
#include "tests/unit/virtio/fake_device.hpp"

#include <cstring>

using namespace exo;

namespace {

// Carries chains from the device to the server and replies back.
struct Bridge {
    test::FakeDevice device{virtio::DeviceType::NineP, {128}, std::string("\5\0share", 7)};
    virtio::Environment environment;
    test::FakeServer server;
    struct Waiting {
        test::FakeDevice::Chain chain;
        std::vector<std::byte> request, reply;
    };
    std::map<std::uint16_t, Waiting> waiting;
    virtio_9p::RequestQueue queue;
    ninep::VirtioTransport transport{queue};
    ninep::Client client;

    Bridge() {
        device.features |= 1;
        environment = device.environment();
        device.handle = [this](test::FakeDevice&, test::FakeDevice::Chain chain) { take(std::move(chain)); };
        device.on_step = [this] { give(); };
        REQUIRE(queue.bring_up(environment).has_value());
    }
    void take(test::FakeDevice::Chain chain) {
        const std::uint16_t head = chain.head;
        Waiting& entry = waiting[head];
        entry.request.resize(chain.request.size());
        std::memcpy(entry.request.data(), chain.request.data(), chain.request.size());
        entry.reply.resize(chain.room_bytes());
        entry.chain = std::move(chain);
        const auto inner = server.transport();
        const ninep::Piece request{entry.request.data(), 0, static_cast<std::uint32_t>(entry.request.size())};
        const ninep::Piece reply{entry.reply.data(), 0, static_cast<std::uint32_t>(entry.reply.size())};
        REQUIRE(inner.send(inner.context, head, {&request, 1}, {&reply, 1}) == ninep::SendResult::Sent);
    }
    void give() {
        server.relax();
        const auto inner = server.transport();
        for (;;) {
            const auto finished = inner.poll(inner.context);
            if (finished.kind != ninep::Finished::Kind::Exchange)
                return;
            const Waiting entry = waiting.at(finished.exchange);
            waiting.erase(finished.exchange);
            const std::string text(reinterpret_cast<const char*>(entry.reply.data()), finished.bytes);
            device.complete(entry.chain, entry.chain.write(text));
        }
    }
    void connect() {
        std::vector<ninep::Buffer> buffers;
        for (int index = 0; index < 4; ++index) {
            const auto memory = *environment.allocate_dma(environment.context, 64 * 1024);
            buffers.push_back({memory.memory, memory.device_address, memory.bytes});
        }
        REQUIRE(client.connect(transport.transport(), buffers, {}, 0, {.request_us = 100'000, .flush_us = 50'000})
                    .has_value());
    }
};

} // namespace

TEST_CASE("9p over virtio: a file is written and read, copied and directly") {
    Bridge bridge;
    bridge.connect();
    auto& client = bridge.client;
    const auto fid = client.walk_path(client.root(), "");
    REQUIRE(fid.has_value());
    REQUIRE(client.create(*fid, "file", 2, 0644, 0).has_value());
    const std::string text = "through the rings";
    CHECK(client.write(*fid, 0, std::as_bytes(std::span(text))).value() == text.size());
    CHECK(bridge.server.root->children.at("file")->content == text);
    std::byte back[64];
    CHECK(client.read(*fid, 8, back).value() == text.size() - 8);
    CHECK(std::memcmp(back, text.data() + 8, text.size() - 8) == 0);

    const auto memory = *bridge.environment.allocate_dma(bridge.environment.context, 8192);
    const ninep::Piece pieces[] = {{nullptr, memory.device_address + 4096, 3}, {nullptr, memory.device_address, 4000}};
    CHECK(client.read_direct(*fid, 0, pieces).value() == text.size());
    CHECK(std::memcmp(memory.memory + 4096, "thr", 3) == 0);
    CHECK(std::memcmp(memory.memory, "ough the rings", 14) == 0);
    CHECK(client.write_direct(*fid, 100, {pieces, 1}).value() == 3);
    CHECK(bridge.server.root->children.at("file")->content.substr(100) == "thr");
    CHECK(client.read(*fid, 0, {}).value() == 0);
    CHECK(client.write(*fid, 0, {}).value() == 0);
    CHECK(client.clunk(*fid).has_value());
}

TEST_CASE("9p over virtio: a lying device breaks the client, not its memory") {
    Bridge bridge;
    bridge.connect();
    SUBCASE("length") {
        bridge.device.wrong.used_bytes = 0xffff'ffff;
    }
    SUBCASE("id") {
        bridge.device.wrong.used_id = 127;
    }
    CHECK(bridge.client.file_system_status(bridge.client.root()).error() == ninep::error_number::input_output);
    CHECK(bridge.client.is_broken());
}

TEST_CASE("9p over virtio: a device that loses a request is given up in time") {
    Bridge bridge;
    bridge.connect();
    bridge.device.wrong.loses_everything = true;
    const std::uint64_t begin = bridge.device.now_us;
    CHECK(bridge.client.file_system_status(bridge.client.root()).error() == ninep::error_number::timed_out);
    CHECK(bridge.client.is_broken());
    CHECK(bridge.device.now_us - begin < 200'000);
    CHECK(bridge.queue.shut_down());
}

TEST_CASE("9p over virtio: a dropped request ends with a reply of no bytes") {
    Bridge bridge;
    bridge.connect();
    bridge.server.holds = true;
    CHECK(bridge.client.file_system_status(bridge.client.root()).error() == ninep::error_number::timed_out);
    CHECK_FALSE(bridge.client.is_broken());
    bridge.server.holds = false;
    CHECK(bridge.client.file_system_status(bridge.client.root()).has_value());
}
