// Stations on one Ethernet made of memory: ports that copy frames into each other's pools, after a delay, with loss,
// repetition and reordering by a seeded generator, and a clock that tests move.
#pragma once

#include "libos/net/clock.hpp"
#include "libos/net/port.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace net_test {

using Octets = std::vector<std::uint8_t>;

struct Faults {
    double loss = 0, duplication = 0, reordering = 0; // probabilities
    std::uint64_t delay_ms = 0;
};

class FakePort;

class Wire {
public:
    explicit Wire(std::uint64_t seed = 1) : generator_(seed) {}

    void attach(FakePort& port) { ports_.push_back(&port); }
    void carry(const FakePort* from, Octets frame);
    // Hands on what is due.
    void deliver();

    exo::net::Clock clock() {
        return {.now_ticks = [](void* context) { return static_cast<Wire*>(context)->now_ms * 1000; },
                .context = this,
                .ticks_per_ms = 1000};
    }

    std::uint64_t now_ms = 1000;
    Faults faults;
    std::function<bool(const Octets&)> loses; // these frames, beside faults
    std::function<void(const Octets&)> tap;   // sees every frame that is sent
    std::uint64_t frames = 0;

private:
    struct InFlight {
        std::uint64_t due_ms;
        const FakePort* from;
        Octets frame;
    };
    bool happens(double probability) { return std::uniform_real_distribution<>()(generator_) < probability; }

    std::mt19937_64 generator_;
    std::vector<FakePort*> ports_;
    std::deque<InFlight> flying_;
};

// A NIC with a pool of its own. Frames for other stations are not received.
class FakePort final : public exo::net::Port {
public:
    struct Shape {
        std::size_t packets = 512;
        std::size_t ring = 256; // frames that `send` takes in one call
        std::uint32_t offers = 0;
        std::uint16_t frame_octets_max = 1514;
    };
    FakePort(Wire& wire, std::uint8_t number) : FakePort(wire, number, Shape{}) {}
    FakePort(Wire& wire, std::uint8_t number, const Shape& shape);
    ~FakePort() = default;

    std::size_t receive(std::span<exo::net::Packet*> into) override;
    std::size_t send(std::span<exo::net::Packet* const> frames) override;
    void sleep(std::uint64_t) override {}

    // A frame for this station, as it is.
    void put(const Octets& frame) { arrived_.push_back(frame); }
    std::size_t packets() const { return shape_.packets; }
    std::size_t packets_out() const { return shape_.packets - storage_.free_count(); }
    std::size_t ring_room = 256; // frames that the next sends take altogether, when `ring_stuck`
    bool ring_stuck = false;

protected:
    bool reach(std::uint64_t, std::size_t) override { return true; }

private:
    Wire& wire_;
    Shape shape_;
    std::unique_ptr<std::byte[]> memory_;
    std::vector<exo::net::Packet> books_;
    exo::net::PacketPool storage_;
    std::deque<Octets> arrived_;
};

} // namespace net_test
