// Interface: linger.hpp.
#include "libos-hpc/socket/linger.hpp"

#include "libos-hpc/file/descriptors.hpp"
#include "libos-hpc/object/array.hpp"
#include "libos-hpc/socket/lock.hpp"
#include "libos-hpc/socket/network.hpp"
#include "libos/time/clock.hpp"

namespace exo::hpc {
namespace {

constexpr std::uint64_t finish_ns_max = 2'000'000'000;

[[clang::no_destroy]] constinit Array<net::TcpStream> lingering;

} // namespace

void close_by_and_by(net::TcpStream&& stream) {
    net::TcpStream closing = std::move(stream);
    const bool owes = closing.is_open() && !(closing.ready() & net::tcp_ready::failed) &&
                      closing.readable_octets() == 0 && closing.unacknowledged_octets() != 0;
    if (!owes || !lingering.reserve(lingering.size() + 1))
        return closing.close();
    (void)closing.shut_send(); // it may have been, before
    (void)lingering.push(std::move(closing));
}

bool sweep_lingering() {
    for (std::size_t i = lingering.size(); i-- > 0;) {
        net::TcpStream& stream = lingering[i];
        if ((stream.ready() & net::tcp_ready::failed) || stream.unacknowledged_octets() == 0)
            lingering.erase(i);
    }
    return lingering.empty();
}

void finish_network() {
    if (!current_network())
        return;
    for (int fd = descriptors().next_open(0); fd >= 0; fd = descriptors().next_open(fd + 1)) {
        auto file = descriptors().get(fd);
        if (file && (*file)->socket())
            (void)descriptors().remove(fd);
    }
    const std::uint64_t deadline = deadline_in_ns(finish_ns_max);
    for (bool done = false; !done && tsc() < deadline;) {
        SocketGuard guard;
        current_network()->network.poll();
        done = sweep_lingering();
    }
}

} // namespace exo::hpc
