// The control queue of a virtio NIC (virtio 1.2, 5.1.6.5), split or packed: a few commands in the life of a driver, one
// at a time, each waited for. Every command has descriptors of its own, so nothing is ever reused.
#pragma once

#include "drivers/virtio-net/spec.hpp"
#include "drivers/virtio/environment.hpp"
#include "drivers/virtio/problem.hpp"
#include "drivers/virtio/transport.hpp"

#include <span>

namespace exo::virtio_net {

inline constexpr std::uint16_t commands_max = 8;
inline constexpr std::uint64_t command_timeout_us = 10'000'000; // an emulator whose host is busy takes its time

class CommandQueue {
public:
    // Lays the queue out in memory of the environment; the caller makes it known to the device.
    virtio::Expected<void> open(const virtio::Environment& environment, bool packed);
    const virtio::QueuePlaces& places() const { return places_; }
    void set_doorbell(const virtio::Doorbell& doorbell) { doorbell_ = doorbell; }

    // Sends {group, code, data} and waits for the device's answer. Errors: QueueFull (commands_max were sent),
    // BadBuffer (too much data), TimedOut, BadUsedId (the device completed something else), BadMessage (it refused).
    virtio::Expected<void> send(std::uint8_t group, std::uint8_t code, std::span<const std::uint8_t> data);

private:
    static constexpr std::uint16_t size = 2 * commands_max; // a command is what the device reads, and its answer
    static constexpr std::size_t message_bytes = 16, answer_at = 15, messages_at = 2048;

    void offer_split(std::uint16_t first, std::uint32_t bytes);
    void offer_packed(std::uint16_t first, std::uint32_t bytes);
    bool is_done(std::uint16_t number) const;
    std::uint32_t done_id(std::uint16_t number) const;
    std::uint64_t message_address(std::uint16_t number) const {
        return memory_.device_address + messages_at + number * message_bytes;
    }

    const virtio::Environment* environment_ = nullptr;
    virtio::DmaBuffer memory_{};
    virtio::QueuePlaces places_{};
    virtio::Doorbell doorbell_{};
    std::uint16_t sent_ = 0;
    bool packed_ = false;
};

} // namespace exo::virtio_net
