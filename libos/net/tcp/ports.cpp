// See ports.hpp.
#include "libos/net/tcp/ports.hpp"

#include "libos/net/wire/ipv4.hpp"

#include <lwip/tcp.h>

namespace exo::net {

namespace {

constexpr std::uint32_t free_port_first = 32'768, free_port_count = 28'232;
constexpr int free_port_attempts = 64;

} // namespace

NetStatus bind_port(Network& network, tcp_pcb& pcb, Endpoint local) {
    if (!local.address.is_any() && !local.address.is_loopback() && !network.has_address(local.address))
        return std::unexpected(Problem::AddressNotHere);
    if (local.port != 0 && !network.may_use(ip_protocol::tcp, local))
        return std::unexpected(Problem::PortNotHeld);
    const ip_addr_t address{local.address.wire};
    if (local.port != 0)
        return tcp_bind(&pcb, &address, local.port) == ERR_OK ? NetStatus() : std::unexpected(Problem::AddressInUse);
    for (int attempt = 0; attempt < free_port_attempts; attempt++) {
        const auto port = static_cast<u16_t>(free_port_first + network.random().next32() % free_port_count);
        if (network.may_use(ip_protocol::tcp, {local.address, port}) && tcp_bind(&pcb, &address, port) == ERR_OK)
            return {};
    }
    return std::unexpected(Problem::Full);
}

} // namespace exo::net
