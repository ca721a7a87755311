// What hangs on flows: rings, and the capabilities that made them. See nic.hpp.
#include "exokernel/memory/info_pages.hpp"
#include "exokernel/network/nic.hpp"
#include "exokernel/network/program.hpp"

namespace exo {

namespace {

void attach(Nic& nic, FlowNumber flow, SlotRef by, std::uint16_t number) {
    Ring& ring = rings[number];
    ring.flow[ring.flow_count++] = flow;
    nic.flows[flow].ring = number;
    nic.flows[flow].ring_by = by;
}

} // namespace

FlowName nic_root(const Nic& nic) {
    return {nic.generation, nic.number, nic.root};
}

Status flow_bind_ring(Nic& nic, FlowNumber flow, SlotRef by, const RingRequest& request) {
    if (nic.flows[flow].ring != no_ring)
        return std::unexpected(Error::Occupied);
    Result<std::uint16_t> made = ring_make(request);
    if (!made)
        return std::unexpected(made.error());
    nic.fair.reset(*made);
    attach(nic, flow, by, *made);
    FlowRing& page = *rings[*made].page;
    for (unsigned i = 0; i < 6; i++)
        page.mac[i] = nic.device->address()[i];
    page.flow = flow;
    page.frame_octets_max = nic.device->mtu() + static_cast<std::uint32_t>(ethernet_octets);
    page.checksum_offload = nic.device->sums();
    return {};
}

Status flow_join_ring(Nic& nic, FlowNumber flow, SlotRef by, std::uint16_t ring) {
    if (nic.flows[flow].ring != no_ring)
        return std::unexpected(Error::Occupied);
    if (rings[ring].flow_count == ring_flows_max)
        return std::unexpected(Error::TableFull);
    attach(nic, flow, by, ring);
    return {};
}

Status flow_unbind_ring(Nic& nic, FlowNumber flow) {
    std::uint16_t number = nic.flows[flow].ring;
    if (number == no_ring)
        return std::unexpected(Error::NotBound);
    Ring& ring = rings[number];
    nic.flows[flow].ring = no_ring;
    nic.flows[flow].ring_by = no_slot;
    for (std::uint8_t i = 0; i < ring.flow_count; i++)
        if (ring.flow[i] == flow)
            ring.flow[i] = ring.flow[--ring.flow_count];
    if (ring.flow_count == 0)
        end_ring(number);
    return {};
}

void end_ring(std::uint16_t number) {
    Ring& ring = rings[number];
    Nic& nic = nics[ring.nic];
    for (std::uint8_t i = 0; i < ring.flow_count; i++) {
        nic.flows[ring.flow[i]].ring = no_ring;
        nic.flows[ring.flow[i]].ring_by = no_slot;
    }
    if (ring.sleeping)
        nic.sleepers--;
    nic.fair.reset(number);
    ring_end(number);
}

void end_rings_of(Nic& nic) {
    for (std::uint16_t i = 0; i < rings_max; i++)
        if (rings[i].environment && rings[i].nic == nic.number)
            end_ring(i);
}

void flow_capability_gone(SlotRef ref, const FlowName& name) {
    Nic* nic = nic_of(name);
    if (!nic || !nic->book.is_flow(name.flow))
        return;
    FlowState& state = nic->flows[name.flow];
    if (state.ring != no_ring && state.ring_by == ref)
        (void)flow_unbind_ring(*nic, name.flow);
    if (state.program != no_program && programs[state.program].by == ref)
        program_end(state.program);
    if (state.creator == ref) {
        state.creator = no_slot;
        // Whatever was narrowed from it was derived from this capability, and went before it.
        (void)nic->book.remove(name.flow, 1);
    }
}

} // namespace exo
