// Facts of the virtio console device (virtio 1.2, 5.3). Behaviour: console.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::virtio_console {

namespace feature {
inline constexpr std::uint64_t multiport = 1ull << 1;
}

// Device configuration (5.3.4): offsets.
namespace config {
inline constexpr std::uint64_t port_count_max = 4;
}

// Queues (5.3.2): port 0, the control queues, the other ports; receiving before transmitting.
inline constexpr std::uint16_t control_receive_queue = 2;
inline constexpr std::uint16_t control_transmit_queue = 3;
constexpr std::uint16_t receive_queue(std::uint32_t port) {
    return static_cast<std::uint16_t>(port == 0 ? 0 : 2 + 2 * port);
}
constexpr std::uint16_t transmit_queue(std::uint32_t port) {
    return static_cast<std::uint16_t>(receive_queue(port) + 1);
}

// Control messages (5.3.6.2). A port's name follows its PORT_NAME message.
struct ControlMessage {
    std::uint32_t port;
    std::uint16_t event;
    std::uint16_t value;
};
static_assert(sizeof(ControlMessage) == 8 && offsetof(ControlMessage, value) == 6);

namespace event {
inline constexpr std::uint16_t device_ready = 0;
inline constexpr std::uint16_t port_add = 1;
inline constexpr std::uint16_t port_remove = 2;
inline constexpr std::uint16_t port_ready = 3;
inline constexpr std::uint16_t console_port = 4;
inline constexpr std::uint16_t resize = 5;
inline constexpr std::uint16_t port_open = 6;
inline constexpr std::uint16_t port_name = 7;
} // namespace event

} // namespace exo::virtio_console
