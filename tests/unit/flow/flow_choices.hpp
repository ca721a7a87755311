// What random plays choose from: few addresses and ports, so that claims meet, with the edges of prefixes and blocks.
#pragma once

#include "secure-bindings/flow/flow_spec.hpp"
#include "tests/unit/flow/specs.hpp"
#include "tests/unit/secure-bindings/byte_source.hpp"

namespace exo::test {

inline constexpr std::uint32_t addresses[] = {
    mine, yours, address(10, 0, 1, 1), address(10, 1, 0, 1), address(11, 0, 0, 1), peer, 0};
inline constexpr std::uint16_t ports[] = {0, 1, 80, 255, 256, 257, 511, 512, 4096, 40000, 65534, 65535};
inline constexpr std::uint16_t types[] = {ether_type_ipv4, ether_type_arp, 0x86dd, 0x88cc, 0x0801};
inline constexpr std::uint8_t protocols[] = {ip_protocol_udp, ip_protocol_tcp, ip_protocol_icmp, 47};

inline std::uint8_t any_prefix(ByteSource& source) {
    constexpr std::uint8_t prefixes[] = {32, 32, 32, 24, 16, 8, 25, 17, 15, 7, 1, 31, 33};
    return source.one_of(prefixes);
}

// Changes one thing of a spec, mostly so that it stays within it.
inline void narrow_somehow(FlowSpec& spec, ByteSource& source) {
    const std::uint8_t choice = source.byte() % 8;
    const std::uint16_t one = source.one_of(ports), other = source.one_of(ports);
    const std::uint16_t first = one < other ? one : other, last = one < other ? other : one;
    const std::uint8_t prefix = any_prefix(source);
    const std::uint32_t base = source.one_of(addresses) & (prefix > 32 ? ~0u : prefix_mask(prefix));
    switch (choice) {
    case 0:
        spec.ether_type = source.one_of(types);
        break;
    case 1:
        spec.ether_type = ether_type_ipv4;
        spec.protocol = source.one_of(protocols);
        break;
    case 2:
        spec.local_address = base;
        spec.local_prefix = prefix;
        break;
    case 3:
        spec.remote_address = base;
        spec.remote_prefix = prefix;
        break;
    case 4:
        spec.local_port = first;
        spec.local_port_end = last;
        break;
    case 5:
        spec.remote_port = first;
        spec.remote_port_end = last;
        break;
    case 6: // one number: what is claimed most
        spec.local_port = spec.local_port_end = one;
        break;
    default: // sometimes not a spec at all
        spec.reserved[0] = source.byte() == 7;
        spec.local_port_end = source.byte() == 9 ? 0 : spec.local_port_end;
        break;
    }
}

inline FlowKey any_key(ByteSource& source) {
    const std::uint32_t local = source.one_of(addresses), remote = source.one_of(addresses);
    const std::uint8_t kind = source.byte();
    const std::uint16_t local_port = source.one_of(ports), remote_port = source.one_of(ports);
    const std::uint16_t near = static_cast<std::uint16_t>(local_port + (kind >> 5 & 1));
    switch (kind % 8) {
    case 0:
    case 1:
    case 2:
        return udp_key(local, near, remote, remote_port);
    case 3:
    case 4:
        return tcp_key(local, near, remote, remote_port);
    case 5:
        return bare_key(local, source.one_of(protocols), remote);
    case 6:
        return arp_key(local, remote);
    default:
        return type_key(kind & 8 ? source.one_of(types) : 0);
    }
}

} // namespace exo::test
