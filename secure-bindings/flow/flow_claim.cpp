// What a record writes into the tables, and how a packet finds it there.
//
// When a record is written no other record below its parent has a packet of it, so that in the place of its prefix each
// number that it claims says the parent, if the parent is of the same place, or nothing. So a leaf is erased by writing
// that.
#include "secure-bindings/flow/flow_book.hpp"
#include "secure-bindings/flow/flow_spec.hpp"

namespace exo {

namespace {

constexpr std::uint16_t last_number = 0xffff;

constexpr bool has_addresses(const FlowSpec& spec) {
    return spec.ether_type == ether_type_ipv4 || spec.ether_type == ether_type_arp;
}

constexpr std::size_t table_of(FlowKind kind) {
    return static_cast<std::size_t>(kind);
}
constexpr FlowKind kind_of(std::uint8_t protocol) {
    return protocol == ip_protocol_udp ? FlowKind::Udp : FlowKind::Tcp;
}
// Protocols are numbers whose upper octet alone counts.
constexpr std::uint16_t protocol_number(std::uint8_t protocol) {
    return static_cast<std::uint16_t>(protocol << 8);
}

// The claim of a record that is narrowed on its near side, at its local address.
void write_near(FlowTables& tables, FlowPlace& place, const FlowSpec& spec, FlowEntry value) {
    const auto write = [&](FlowKind kind, std::uint16_t first, std::uint16_t last) {
        tables.write_range(place.tables[table_of(kind)], first, last, value);
    };
    if (spec.ether_type == ether_type_arp) {
        write(FlowKind::Arp, 0, last_number);
        return;
    }
    if (spec.protocol == 0) {
        write(FlowKind::Udp, 0, last_number);
        write(FlowKind::Tcp, 0, last_number);
        write(FlowKind::Ipv4, 0, last_number);
        return;
    }
    if (has_ports(spec.protocol)) {
        write(kind_of(spec.protocol), spec.local_port, spec.local_port_end);
    }
    if (any_port(spec.local_port, spec.local_port_end)) {
        const std::uint16_t number = protocol_number(spec.protocol);
        write(FlowKind::Ipv4, number, number | 0xff);
    }
}

// The claim of a record that is narrowed on its far side, at its remote address. Which kinds of packets come here is
// decided on the near side.
void write_far(FlowTables& tables, FlowPlace& place, const FlowSpec& spec, FlowEntry value) {
    if (!any_port(spec.remote_port, spec.remote_port_end)) {
        tables.write_range(place.tables[table_of(kind_of(spec.protocol))], spec.remote_port, spec.remote_port_end,
                           value);
        return;
    }
    for (const FlowKind kind : {FlowKind::Udp, FlowKind::Tcp, FlowKind::Ipv4, FlowKind::Arp}) {
        tables.write_range(place.tables[table_of(kind)], 0, last_number, value);
    }
}

} // namespace

FlowEntry& FlowBook::addresses_of(FlowNumber flow) {
    const FlowRecord& record = records_[flow];
    return record.near != flow ? records_[record.near].far : nics_[record.nic].near;
}

void FlowBook::write_tables(FlowNumber flow, FlowEntry here, FlowEntry type) {
    const FlowRecord& record = records_[flow];
    const bool far = record.near != flow;
    if (record.place != no_place) {
        FlowPlace& place = tables_.place(record.place);
        (far ? write_far : write_near)(tables_, place, record.spec, here);
    }
    // Packets whose header cannot be read have an EtherType, too.
    if (!far && record.spec.local_prefix == 0 && record.spec.protocol == 0) {
        const std::uint16_t first = record.spec.ether_type;
        tables_.write_range(nics_[record.nic].types, first, first == 0 ? last_number : first, type);
    }
}

void FlowBook::write_claim(FlowNumber flow) {
    FlowRecord& record = records_[flow];
    if (has_addresses(record.spec)) {
        const FlowSpec& spec = record.spec;
        const bool far = record.near != flow;
        const std::uint16_t context = far ? record.near : near_context(record.nic);
        record.place = tables_.take_place(addresses_of(flow), context, far ? spec.remote_address : spec.local_address,
                                          far ? spec.remote_prefix : spec.local_prefix);
    }
    write_tables(flow, flow, flow);
}

void FlowBook::erase_claim(FlowNumber flow) {
    const FlowRecord& record = records_[flow];
    const bool same_place = records_[record.parent].place == record.place;
    write_tables(flow, same_place ? record.parent : no_flow, record.parent);
    if (record.place != no_place) {
        tables_.leave_place(addresses_of(flow), record.place);
    }
}

// The deepest record at a place, or at those of the shorter prefixes, that has a packet.
FlowNumber FlowBook::find_at(FlowPlaceNumber from, const FlowKey& key, std::uint16_t number) const {
    for (FlowPlaceNumber at = from; at != no_place; at = tables_.place(at).up) {
        if (const FlowNumber found = tables_.find(tables_.place(at).tables[table_of(key.kind)], number)) {
            return found;
        }
    }
    return no_flow;
}

[[gnu::noinline]] FlowNumber FlowBook::lookup_far(FlowNumber flow, const FlowKey& key) const {
    FlowPlaceNumber at = tables_.find_whole(address_key(flow, key.remote_address));
    if (at == no_place) {
        at = tables_.find_prefix(records_[flow].far, key.remote_address);
    }
    const FlowNumber found = find_at(at, key, key.remote_port);
    return found != no_flow ? found : flow;
}

// What is not claimed at the whole address.
[[gnu::noinline]] FlowNumber FlowBook::lookup_prefix(const Nic& nic, const FlowKey& key) const {
    FlowNumber found = no_flow;
    if (key.kind != FlowKind::Other) {
        found = find_at(tables_.find_prefix(nic.near, key.local_address), key, key.local_port);
    }
    if (found == no_flow) {
        return tables_.find(nic.types, key.ether_type);
    }
    return records_[found].far == 0 ? found : lookup_far(found, key);
}

// The way that most packets take is laid out here; the others continue elsewhere.
FlowNumber FlowBook::lookup(std::uint16_t number, const FlowKey& key) const {
    const Nic& nic = nics_[number];
    const FlowPlaceNumber at = tables_.find_whole(nic.context | static_cast<AddressKey>(key.local_address) << 16);
    if (at == no_place) [[unlikely]] {
        return lookup_prefix(nic, key);
    }
    const FlowNumber found = tables_.find(tables_.place(at).tables[table_of(key.kind)], key.local_port);
    if (found == no_flow) [[unlikely]] {
        return lookup_prefix(nic, key);
    }
    return records_[found].far == 0 ? found : lookup_far(found, key);
}

} // namespace exo
