// Checks of `--net` against the host. See net_host.hpp.
#include "tools/exo/net_host.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <format>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace exo::tool {

namespace {

Outcome<void> check_tap(const NetInterface& interface) {
    const std::string about = "/sys/class/net/" + interface.place;
    if (::access(about.c_str(), F_OK) != 0)
        return failed(std::format("--net {0}: this host has no interface {1}; make one with "
                                  "`ip tuntap add {1} mode tap user $USER`",
                                  interface.name, interface.place));
    if (::access((about + "/tun_flags").c_str(), F_OK) != 0)
        return failed(std::format("--net {}: the host's interface {} is not a tap", interface.name, interface.place));
    if (::access("/dev/net/tun", R_OK | W_OK) != 0)
        return failed(std::format("--net {}: no permission to open /dev/net/tun", interface.name));
    return {};
}

// As QEMU will: with the address in reuse, and listening where that means something.
Outcome<void> check_forward(const NetInterface& interface, const HostForward& forward) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(forward.host_port);
    if (!forward.host_address.empty() && ::inet_pton(AF_INET, forward.host_address.c_str(), &address.sin_addr) != 1)
        return failed(std::format("--net {}: hostfwd: '{}' is no IPv4 address of this host", interface.name,
                                  forward.host_address));
    const int socket = ::socket(AF_INET, (forward.tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address); // Safe: the socket calls' own convention.
    const bool free = ::bind(socket, generic, sizeof address) == 0 && (!forward.tcp || ::listen(socket, 1) == 0);
    const int error = errno;
    ::close(socket);
    if (!free)
        return failed(std::format("--net {}: hostfwd: {} port {} of this host cannot be had: {}", interface.name,
                                  forward.tcp ? "TCP" : "UDP", forward.host_port, std::strerror(error)));
    return {};
}

} // namespace

Outcome<void> check_interface_host(const NetInterface& interface) {
    if (interface.wire == Wire::tap)
        return check_tap(interface);
    for (const HostForward& forward : interface.forwards)
        if (const auto checked = check_forward(interface, forward); !checked)
            return checked;
    return {};
}

} // namespace exo::tool
