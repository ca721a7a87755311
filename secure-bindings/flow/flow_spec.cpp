// Each dimension is an interval of numbers; a prefix is one, too. Nothing here can wrap.
#include "secure-bindings/flow/flow_spec.hpp"

namespace exo {

namespace {

struct Prefix {
    std::uint32_t address;
    std::uint8_t bits;
};
constexpr Prefix local_prefix(const FlowSpec& spec) {
    return {spec.local_address, spec.local_prefix};
}
constexpr Prefix remote_prefix(const FlowSpec& spec) {
    return {spec.remote_address, spec.remote_prefix};
}

constexpr bool form_of(Prefix prefix) {
    return prefix.bits <= 32 && (prefix.address & ~prefix_mask(prefix.bits)) == 0;
}
constexpr bool holds(Prefix outer, Prefix inner) {
    return outer.bits <= inner.bits && ((outer.address ^ inner.address) & prefix_mask(outer.bits)) == 0;
}
constexpr bool meet(Prefix one, Prefix other) {
    return holds(one, other) || holds(other, one);
}

// Of fields where 0 is any.
constexpr bool holds(unsigned outer, unsigned inner) {
    return outer == 0 || outer == inner;
}
constexpr bool meet(unsigned one, unsigned other) {
    return holds(one, other) || holds(other, one);
}

bool form_of_type(std::uint16_t type) {
    return type == 0 || (type >= ether_type_min && !is_vlan_tag(type));
}

bool form_of_ports(const FlowSpec& spec) {
    if (spec.local_port > spec.local_port_end || spec.remote_port > spec.remote_port_end) {
        return false;
    }
    const bool any = any_port(spec.local_port, spec.local_port_end) && any_port(spec.remote_port, spec.remote_port_end);
    return any || has_ports(spec.protocol);
}

} // namespace

bool well_formed(const FlowSpec& spec) {
    if ((spec.reserved[0] | spec.reserved[1] | spec.reserved[2]) != 0 || spec.reserved_end != 0) {
        return false;
    }
    if (!form_of_type(spec.ether_type) || !form_of(local_prefix(spec)) || !form_of(remote_prefix(spec))) {
        return false;
    }
    const bool addresses = spec.ether_type == ether_type_ipv4 || spec.ether_type == ether_type_arp;
    if ((spec.local_prefix != 0 || spec.remote_prefix != 0) && !addresses) {
        return false;
    }
    if (spec.protocol != 0 && spec.ether_type != ether_type_ipv4) {
        return false;
    }
    return form_of_ports(spec);
}

bool includes(const FlowSpec& outer, const FlowSpec& inner) {
    return holds(outer.ether_type, inner.ether_type) && holds(outer.protocol, inner.protocol) &&
           holds(local_prefix(outer), local_prefix(inner)) && holds(remote_prefix(outer), remote_prefix(inner)) &&
           outer.local_port <= inner.local_port && inner.local_port_end <= outer.local_port_end &&
           outer.remote_port <= inner.remote_port && inner.remote_port_end <= outer.remote_port_end;
}

bool overlaps(const FlowSpec& one, const FlowSpec& other) {
    return meet(one.ether_type, other.ether_type) && meet(one.protocol, other.protocol) &&
           meet(local_prefix(one), local_prefix(other)) && meet(remote_prefix(one), remote_prefix(other)) &&
           one.local_port <= other.local_port_end && other.local_port <= one.local_port_end &&
           one.remote_port <= other.remote_port_end && other.remote_port <= one.remote_port_end;
}

bool same_local_side(const FlowSpec& one, const FlowSpec& other) {
    return one.ether_type == other.ether_type && one.protocol == other.protocol &&
           one.local_prefix == other.local_prefix && one.local_address == other.local_address &&
           one.local_port == other.local_port && one.local_port_end == other.local_port_end;
}

bool same_remote_side(const FlowSpec& one, const FlowSpec& other) {
    return one.remote_prefix == other.remote_prefix && one.remote_address == other.remote_address &&
           one.remote_port == other.remote_port && one.remote_port_end == other.remote_port_end;
}

} // namespace exo
