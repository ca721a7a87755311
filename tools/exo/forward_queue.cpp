// See forward_queue.hpp; pidfd_getfd(2), listen(2).
#include "tools/exo/forward_queue.hpp"

#include <algorithm>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace exo::tool {

namespace {

constexpr int descriptors_max = 256; // of QEMU that are looked at
constexpr int queue_length = 1024;   // the host takes less for more than its own limit

// 0: it is no TCP socket of IPv4 that listens.
std::uint16_t listening_port(int socket) {
    int listens = 0;
    socklen_t size = sizeof listens;
    if (::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens)
        return 0;
    sockaddr_in address = {};
    size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address); // Safe: the socket calls' own convention.
    if (::getsockname(socket, generic, &size) != 0 || address.sin_family != AF_INET)
        return 0;
    return ntohs(address.sin_port);
}

bool leads_in(std::span<const NetInterface> interfaces, std::uint16_t port) {
    return std::ranges::any_of(interfaces, [&](const NetInterface& interface) {
        return std::ranges::any_of(
            interface.forwards, [&](const HostForward& forward) { return forward.tcp && forward.host_port == port; });
    });
}

} // namespace

void lengthen_forward_queues(int process, std::span<const NetInterface> interfaces) {
    if (std::ranges::all_of(interfaces, [](const NetInterface& interface) { return interface.forwards.empty(); }))
        return;
    for (int number = 0; number < descriptors_max; ++number) {
        const auto descriptor =
            static_cast<int>(::syscall(SYS_pidfd_getfd, process, number, 0)); // the same open socket
        if (descriptor < 0)
            continue;
        if (const std::uint16_t port = listening_port(descriptor); port != 0 && leads_in(interfaces, port))
            [[maybe_unused]]
            const int done = ::listen(descriptor, queue_length);
        ::close(descriptor);
    }
}

} // namespace exo::tool
