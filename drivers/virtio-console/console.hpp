// A virtio console with named ports, as byte streams. Bring-up follows virtio 1.2, 5.3.5 and 5.3.6.
// Polls; one thread at a time. The streams' queues are in port.hpp, the control messages in control.hpp.
#pragma once

#include "drivers/virtio-console/control.hpp"
#include "drivers/virtio-console/port.hpp"

#include <optional>

namespace exo::virtio_console {

inline constexpr std::uint32_t ports_max = 8;
inline constexpr std::uint64_t handshake_timeout_us = 10'000'000;
inline constexpr std::uint64_t control_timeout_us = 2'000'000;

// Names one of the console's ports.
struct PortId {
    std::uint32_t number;
};

class Console {
public:
    Console() = default;
    Console(const Console&) = delete; // large, and its environment must outlive it where it stands
    Console& operator=(const Console&) = delete;

    // Resets the device, brings it up and waits until the host has announced a port of each name in `names`.
    // Those ports are then open. Once only; after a failure the device has been reset and holds no memory.
    virtio::Expected<void> bring_up(const virtio::Environment& environment, std::span<const std::string_view> names);

    // The port of that name, if the host has one.
    std::optional<PortId> find(std::string_view name) const;
    // Whether the host's side is open. Takes news from the host first.
    virtio::Expected<bool> is_host_open(PortId port);

    struct Read {
        std::size_t bytes = 0;
        bool is_end = false; // the host closed its side and everything it sent was read
    };
    // Takes what has arrived; does not wait.
    virtio::Expected<Read> read(PortId port, std::span<std::byte> destination);

    struct Written {
        std::size_t bytes = 0;
        bool timed_out = false;      // the host took too long; the other bytes were not taken
        std::uint64_t waited_us = 0; // spent waiting for the host
    };
    // Writes all of `source`, waiting at most `timeout_us` for the host to make room.
    // What is taken has been handed to the device, not necessarily to the host: see drain().
    virtio::Expected<Written> write(PortId port, std::span<const std::byte> source, std::uint64_t timeout_us);
    // Waits until the host has everything written so far; false when that took too long.
    virtio::Expected<bool> drain(PortId port, std::uint64_t timeout_us);

    // Takes all queues back from the device; nothing works afterwards.
    void shut_down();

private:
    struct Stream {
        Port port;
        char name_text[name_bytes_max] = {};
        std::size_t name_bytes = 0;
        bool is_present = false;
        bool is_host_open = false;
    };

    virtio::Expected<void> set_up(std::span<const std::string_view> names);
    virtio::Expected<void> hear_news();
    virtio::Expected<void> act_on(const ReceivedControl& received);
    bool has_all(std::span<const std::string_view> names) const;
    bool is_port(PortId port) const { return port.number < port_count_; }

    const virtio::Environment* environment_ = nullptr;
    virtio::Transport transport_;
    Control control_;
    Stream streams_[ports_max] = {};
    std::uint32_t port_count_ = 0;
};

} // namespace exo::virtio_console
