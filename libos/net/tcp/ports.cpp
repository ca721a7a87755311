// See ports.hpp.
#include "libos/net/tcp/ports.hpp"

#include "libos/net/tcp/state.hpp"
#include "libos/net/wire/ipv4.hpp"

#include <lwip/priv/tcp_priv.h>

namespace exo::net {

namespace {

constexpr std::uint32_t free_port_first = 32'768, free_port_count = 28'232;
constexpr int free_port_attempts = 64;

// Whether a connection is in the way of one that is bound there. With SO_REUSEADDR none is that has it, too, or is in
// TIME-WAIT.
bool is_in_use(const tcp_pcb& pcb, Endpoint local) {
    const bool reuses = ip_get_option(&pcb, SOF_REUSEADDR) != 0;
    bool in_use = false;
    tcp_globals().blocks.tuples.for_each([&](const TupleEntry& entry) {
        const tcp_pcb& other = *static_cast<const BlockPlace&>(entry).block;
        const bool same = entry.tuple.local.port == local.port &&
                          (local.address.is_any() || entry.tuple.local.address == local.address);
        const bool harmless = reuses && (other.state == TIME_WAIT || ip_get_option(&other, SOF_REUSEADDR));
        in_use |= same && !harmless;
    });
    return in_use;
}

} // namespace

NetStatus bind_port(Network& network, tcp_pcb& pcb, Endpoint local, Endpoint remote) {
    if (!local.address.is_any() && !local.address.is_loopback() && !network.has_address(local.address))
        return std::unexpected(Problem::AddressNotHere);
    if (local.port != 0 && !network.may_use(ip_protocol::tcp, local))
        return std::unexpected(Problem::PortNotHeld);
    const ip_addr_t address{local.address.wire};
    // The engine looks at who listens.
    if (local.port != 0)
        return !is_in_use(pcb, local) && tcp_bind(&pcb, &address, local.port) == ERR_OK
                   ? NetStatus()
                   : std::unexpected(Problem::AddressInUse);
    for (int attempt = 0; attempt < free_port_attempts; attempt++) {
        const auto port = static_cast<u16_t>(free_port_first + network.random().next32() % free_port_count);
        const bool free = !tcp_globals().blocks.find({{local.address, port}, remote});
        if (free && network.may_use(ip_protocol::tcp, {local.address, port}) &&
            tcp_bind(&pcb, &address, port) == ERR_OK)
            return {};
    }
    return std::unexpected(Problem::Full);
}

} // namespace exo::net
