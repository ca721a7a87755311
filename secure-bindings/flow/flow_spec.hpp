// The algebra of flow specs: form, inclusion, overlap. A spec is a product of one interval in each dimension, in each
// of which "any" also holds the packets that have no such field; so two specs overlap when they do in every dimension.
#pragma once

#include "secure-bindings/abi/flow.hpp"

namespace exo {

// Bits of an address that a prefix counts.
constexpr std::uint32_t prefix_mask(unsigned prefix) {
    return prefix == 0 ? 0 : ~0u << (32 - prefix);
}

constexpr bool any_port(std::uint16_t first, std::uint16_t last) {
    return first == 0 && last == 0xffff;
}
constexpr bool has_ports(std::uint8_t protocol) {
    return protocol == ip_protocol_udp || protocol == ip_protocol_tcp;
}
constexpr bool is_vlan_tag(std::uint16_t ether_type) {
    return ether_type == 0x8100 || ether_type == 0x88a8 || ether_type == 0x9100;
}

// Whether a spec has the form that abi/flow.hpp demands.
bool well_formed(const FlowSpec& spec);

// Whether every packet of `inner` is one of `outer`. Budgets do not count.
bool includes(const FlowSpec& outer, const FlowSpec& inner);
// Whether some packet is one of both.
bool overlaps(const FlowSpec& one, const FlowSpec& other);
// Whether both say the same of the near side: EtherType, protocol, local address and ports; and of the far side.
bool same_local_side(const FlowSpec& one, const FlowSpec& other);
bool same_remote_side(const FlowSpec& one, const FlowSpec& other);

} // namespace exo
