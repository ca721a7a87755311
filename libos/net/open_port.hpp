// The ports of an environment: every NIC among the functions it was granted, whatever its make.
#pragma once

#include "libos/net/port.hpp"
#include "libos/net/port_wishes.hpp"
#include "libos/start/start_info.hpp"

#include <span>

namespace exo::net {

inline constexpr std::size_t ports_max = 16;

// A NIC's port, or why there is none, in words.
struct OpenedPort {
    Port* port = nullptr;
    const char* problem = nullptr;
};

// True when `function` is a NIC that a driver here knows.
bool is_nic(const StartFunction& function);
// Brings a NIC up with one port, for the calling vcore. The port lives as long as the environment.
OpenedPort open_port(const StartFunction& function, const PortWishes& wishes = {});
// Brings a NIC up with a port for each queue pair that it has and the wishes want, as many as `into` holds; gives their
// number. The i-th is for vcore i, and answers to what was sent by a port come to it where the wire steers them so. All
// have one address and, but for the NIC's settings, nothing in common. A NIC of one queue pair has one port.
std::size_t open_queue_ports(const StartFunction& function, std::span<OpenedPort> into, const PortWishes& wishes = {});
// The same as open_port for flows of one NIC that the kernel shares out.
OpenedPort open_flows(std::span<const StartFlow> flows);
// Opens all NICs that were granted, in the order of their granting, then those of which flows were, as many as `into`
// holds; gives their number.
std::size_t open_ports(std::span<OpenedPort> into, const PortWishes& wishes = {});

} // namespace exo::net
