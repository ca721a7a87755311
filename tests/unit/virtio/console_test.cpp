// The console driver against a host with named ports that can be slow, silent, closed or malicious.
#include "drivers/virtio-console/console.hpp"
#include "tests/unit/virtio/fake_device.hpp"

#include <cstring>
#include <deque>
#include <doctest/doctest.h>
#include <map>
#include <memory>

using namespace exo;
using test::FakeDevice;
using virtio::Problem;
namespace vc = virtio_console;

namespace {

constexpr std::string_view names[] = {"exo.stdin", "exo.stdout"};

std::string config_with(std::uint32_t ports) {
    std::string config(12, '\0');
    std::memcpy(config.data() + 4, &ports, 4);
    return config;
}

// The host's end: announces port 1 as exo.stdin and port 2 as exo.stdout, keeps what is written.
struct Host {
    FakeDevice device{virtio::DeviceType::Console, std::vector<std::uint16_t>(2 * 4 + 2, 128), config_with(4)};
    std::map<std::uint16_t, std::deque<FakeDevice::Chain>> rooms; // receive buffers by queue
    std::string written;
    bool takes_output = true;
    bool announces = true;
    bool guest_opened[4] = {};
    std::deque<std::string> control_backlog;
    unsigned name_padding = 1;

    Host() {
        device.features |= vc::feature::multiport;
        device.handle = [this](FakeDevice&, FakeDevice::Chain chain) { take(std::move(chain)); };
        device.on_step = [this] { flush(); };
    }

    void take(FakeDevice::Chain chain) {
        if (chain.queue == vc::control_transmit_queue) {
            vc::ControlMessage message;
            REQUIRE(chain.request.size() == sizeof(message));
            std::memcpy(&message, chain.request.data(), sizeof(message));
            device.complete(chain, 0);
            hear(message);
        } else if (!chain.request.empty()) {
            CHECK(chain.queue == vc::transmit_queue(2));
            output.push_back(std::move(chain));
        } else {
            rooms[chain.queue].push_back(std::move(chain));
        }
        flush();
    }
    std::deque<FakeDevice::Chain> output;

    void flush() {
        while (takes_output && !output.empty()) {
            written += output.front().request;
            device.complete(output.front(), 0);
            output.pop_front();
        }
        auto& control = rooms[vc::control_receive_queue];
        while (!control.empty() && !control_backlog.empty()) {
            device.complete(control.front(), control.front().write(control_backlog.front()));
            control.pop_front();
            control_backlog.pop_front();
        }
        auto& input_rooms = rooms[vc::receive_queue(1)];
        while (!input_rooms.empty() && !input.empty() && guest_opened[1]) {
            const std::uint32_t part = input_rooms.front().write(input);
            device.complete(input_rooms.front(), part);
            input_rooms.pop_front();
            input.erase(0, part);
        }
    }
    std::string input;

    void say(std::uint32_t port, std::uint16_t event, std::uint16_t value, std::string text = {}) {
        const vc::ControlMessage message{port, event, value};
        control_backlog.push_back(std::string(reinterpret_cast<const char*>(&message), sizeof(message)) + text);
    }
    void hear(const vc::ControlMessage& message) {
        if (message.event == vc::event::device_ready && announces) {
            say(1, vc::event::port_add, 1);
            say(2, vc::event::port_add, 1);
            say(77, vc::event::port_add, 1); // not one of ours
        }
        if (message.event == vc::event::port_ready) {
            say(message.port, vc::event::port_name, 1,
                std::string(names[message.port - 1]) + std::string(name_padding, '\0'));
            say(message.port, vc::event::port_open, 1);
        }
        if (message.event == vc::event::port_open)
            guest_opened[message.port] = message.value == 1;
    }
};

struct Machine {
    Host host;
    virtio::Environment environment = host.device.environment();
    vc::Console console;

    Machine() = default;
    void bring_up() {
        const auto done = console.bring_up(environment, names);
        REQUIRE_MESSAGE(done.has_value(), (done ? "" : virtio::describe(done.error())));
        input = *console.find("exo.stdin");
        output = *console.find("exo.stdout");
    }
    vc::PortId input{0}, output{0};
};

std::span<const std::byte> bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text));
}

std::string read_all(Machine& machine, std::size_t at_once) {
    std::string all;
    std::string part(at_once, '\0');
    for (unsigned turn = 0; turn < 100'000; ++turn) {
        const auto read = machine.console.read(machine.input, std::as_writable_bytes(std::span(part)));
        REQUIRE(read.has_value());
        all.append(part, 0, read->bytes);
        if (read->is_end)
            return all;
        if (read->bytes == 0)
            machine.environment.relax(machine.environment.context);
    }
    FAIL("no end of the stream");
    return all;
}

} // namespace

TEST_CASE("console: ports are found by name and opened") {
    auto machine = std::make_unique<Machine>();
    SUBCASE("names with a NUL") {}
    SUBCASE("names without") {
        machine->host.name_padding = 0;
    }
    machine->bring_up();
    machine->host.device.step();
    CHECK(machine->input.number == 1);
    CHECK(machine->output.number == 2);
    CHECK(machine->host.guest_opened[1]);
    CHECK(machine->host.guest_opened[2]);
    CHECK_FALSE(machine->console.find("exo.trace").has_value());
    CHECK(machine->console.is_host_open(machine->input).value());
}

TEST_CASE("console: everything written arrives in order, however slow the host") {
    auto machine = std::make_unique<Machine>();
    machine->bring_up();
    std::string text;
    for (unsigned line = 0; line < 20'000; ++line)
        text += "line " + std::to_string(line) + "\n";
    unsigned turn = 0;
    machine->host.takes_output = false;
    machine->host.device.on_step = [&] {
        machine->host.takes_output = ++turn % 7 == 0;
        machine->host.flush();
    };
    const auto written = machine->console.write(machine->output, bytes_of(text), 100'000'000);
    REQUIRE(written.has_value());
    CHECK(written->bytes == text.size());
    CHECK_FALSE(written->timed_out);
    CHECK(written->waited_us > 0);
    CHECK(machine->console.drain(machine->output, 1'000'000).value());
    CHECK(machine->host.written == text);
}

TEST_CASE("console: a host that takes nothing is reported, and what it did get is counted") {
    auto machine = std::make_unique<Machine>();
    machine->bring_up();
    machine->host.takes_output = false;
    const std::string text(100'000, 'x');
    const auto written = machine->console.write(machine->output, bytes_of(text), 5000);
    REQUIRE(written.has_value());
    CHECK(written->timed_out);
    CHECK(written->bytes == vc::transmit_buffers * vc::port_buffer_bytes);
    CHECK(written->waited_us >= 5000);
    CHECK(written->waited_us < 10'000);
    CHECK_FALSE(machine->console.drain(machine->output, 5000).value());
    machine->host.takes_output = true;
    CHECK(machine->console.drain(machine->output, 5000).value());
    CHECK(machine->host.written.size() == written->bytes);
}

TEST_CASE("console: input is read in order up to the end") {
    auto machine = std::make_unique<Machine>();
    machine->bring_up();
    std::string text;
    for (unsigned line = 0; line < 5000; ++line)
        text += "input " + std::to_string(line) + "\n";
    machine->host.input = text;
    machine->host.device.on_step = [&] {
        machine->host.flush();
        if (machine->host.input.empty() && machine->host.device.on_step) {
            machine->host.say(1, vc::event::port_open, 0);
            machine->host.device.on_step = [&] { machine->host.flush(); };
        }
    };
    std::size_t at_once = 0;
    SUBCASE("byte by byte") {
        at_once = 1;
    }
    SUBCASE("in odd parts") {
        at_once = 1000;
    }
    SUBCASE("in large parts") {
        at_once = 65536;
    }
    CHECK(read_all(*machine, at_once) == text);
    CHECK_FALSE(machine->console.is_host_open(machine->input).value());
}

TEST_CASE("console: no input yet is not the end") {
    auto machine = std::make_unique<Machine>();
    machine->bring_up();
    std::byte byte;
    const auto read = machine->console.read(machine->input, {&byte, 1});
    REQUIRE(read.has_value());
    CHECK(read->bytes == 0);
    CHECK_FALSE(read->is_end);
}

TEST_CASE("console: a port that is taken away ends") {
    auto machine = std::make_unique<Machine>();
    machine->bring_up();
    machine->host.say(1, vc::event::port_remove, 0);
    machine->host.flush();
    std::byte byte;
    CHECK(machine->console.read(machine->input, {&byte, 1})->is_end);
    CHECK_FALSE(machine->console.find("exo.stdin").has_value());
}

TEST_CASE("console: bring-up that cannot succeed ends in time with the device reset") {
    auto machine = std::make_unique<Machine>();
    Problem expected = Problem::TimedOut;
    SUBCASE("no ports") {
        machine->host.announces = false;
    }
    SUBCASE("deaf") {
        machine->host.device.wrong.loses_everything = true;
    }
    SUBCASE("asks for a reset") {
        machine->host.announces = false;
        machine->host.device.on_step = [&] { machine->host.device.status |= virtio::status::needs_reset; };
        expected = Problem::NeedsReset;
    }
    SUBCASE("one port only") {
        machine->host.device.features &= ~vc::feature::multiport;
        expected = Problem::MissingFeature;
    }
    SUBCASE("no DMA memory") {
        machine->host.device.dma_left = 100'000;
        expected = Problem::OutOfMemory;
    }
    SUBCASE("too few queues") {
        machine->host.device.queues.resize(5);
        expected = Problem::MissingQueue;
    }
    SUBCASE("a truncated message") {
        machine->host.control_backlog.push_back("abc");
        expected = Problem::BadMessage;
    }
    SUBCASE("an endless name") {
        machine->host.say(1, vc::event::port_name, 1, std::string(65, 'n'));
        expected = Problem::BadMessage;
    }
    const auto done = machine->console.bring_up(machine->environment, names);
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error() == expected);
    CHECK(machine->host.device.status == 0);
    CHECK(machine->host.device.now_us < 2 * vc::handshake_timeout_us);
    for (const auto& queue : machine->host.device.queues)
        CHECK_FALSE(queue.enabled);
    std::byte byte{};
    CHECK_FALSE(machine->console.read({1}, {&byte, 1}).has_value());
    CHECK_FALSE(machine->console.write({1}, {&byte, 1}, 0).has_value());
}

TEST_CASE("console: a lie on one stream is an error there and nowhere else") {
    auto machine = std::make_unique<Machine>();
    machine->bring_up();
    machine->host.input = "abc";
    machine->host.device.wrong.used_bytes = vc::port_buffer_bytes + 1;
    machine->host.flush();
    std::byte byte;
    CHECK(machine->console.read(machine->input, {&byte, 1}).error() == Problem::BadUsedLength);
    CHECK(machine->console.write(machine->output, bytes_of("still here"), 1000)->bytes == 10);
    CHECK(machine->console.drain(machine->output, 5000).value());
    CHECK(machine->host.written == "still here");
}
