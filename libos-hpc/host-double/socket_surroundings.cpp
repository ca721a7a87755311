// What sockets stand on in host tests: no network, names of AF_UNIX that are no paths, a wait that ends at once.
#include "libos-hpc/random/random.hpp"
#include "libos-hpc/socket/drive.hpp"
#include "libos-hpc/socket/linger.hpp"
#include "libos-hpc/socket/local_names.hpp"
#include "libos-hpc/socket/network.hpp"
#include "libos/start/kit.hpp"
#include "libos/time/clock.hpp"

#include <cstdlib>

namespace exo {

std::uint64_t deadline_in_ns(std::uint64_t ns) {
    return ns;
}
void log_line(std::initializer_list<LogPiece>) {}

} // namespace exo

namespace exo::hpc {

void fill_random(std::span<std::byte> buffer) {
    for (std::byte& octet : buffer)
        octet = static_cast<std::byte>(std::rand());
}

ProgramNetwork* open_network() {
    return nullptr;
}
ProgramNetwork* current_network() {
    return nullptr;
}
void drive_network() {}
bool has_network() {
    return false;
}
Done wait_driving(ChangeCounter& changed, std::uint32_t seen, std::uint64_t deadline_tsc) {
    return changed.wait(seen, deadline_tsc);
}

void close_by_and_by(net::TcpStream&& stream) {
    stream.close();
}

Outcome<LocalName> create_local_name(const SocketAddress& address, std::uint32_t type) {
    return resolve_local_name(address, type);
}
Outcome<LocalName> resolve_local_name(const SocketAddress& address, std::uint32_t type) {
    auto name = local_name_of(address);
    if (!name)
        return fail(name.error());
    LocalName result;
    result.type = type;
    result.address = address;
    return result;
}

} // namespace exo::hpc
