// Shared NICs: the rows that bind a NIC and rings, and the calls flow_narrow and submit.
#include "exokernel/device/device.hpp"
#include "exokernel/memory/user_access.hpp"
#include "exokernel/network/nic.hpp"
#include "exokernel/network/program.hpp"
#include "exokernel/syscall/bind_rows.hpp"
#include "exokernel/syscall/dispatch.hpp"
#include "exokernel/syscall/resolve.hpp"

namespace exo {

namespace {

// Frames that one call moves in each direction.
constexpr unsigned frames_per_call = 64;

// A flow as a handle names it.
struct NamedFlow {
    Nic* nic;
    FlowNumber flow;
    SlotRef ref;
    FlowState& state() const { return nic->flows[flow]; }
};
// Errors: as find, and NotBound when the NIC is not shared any more.
Result<NamedFlow> named_flow(std::uint16_t environment, Handle handle, Rights rights) {
    Result<SlotRef> ref = capabilities.find(environment, handle, Kind::Flow, rights);
    if (!ref)
        return std::unexpected(ref.error());
    FlowName name = FlowName::of(capabilities.at(*ref).first);
    Nic* nic = nic_of(name);
    if (!nic)
        return std::unexpected(Error::NotBound);
    return NamedFlow{nic, name.flow, *ref};
}

Status join_ring(const Environment& environment, const NamedFlow& flow, const BindOp& row) {
    Result<NamedFlow> other = named_flow(environment.number, row.argument, right::Bind);
    if (!other)
        return std::unexpected(other.error());
    std::uint16_t ring = other->state().ring;
    if (row.address || row.resource || other->nic != flow.nic)
        return std::unexpected(Error::BadArgument);
    if (ring == no_ring || rings[ring].environment != environment.number)
        return std::unexpected(Error::NotBound);
    return flow_join_ring(*flow.nic, flow.flow, flow.ref, ring);
}

} // namespace

Result<std::uint32_t> shareable_function(const Environment& environment, Handle handle) {
    Result<SlotRef> ref =
        capabilities.find(environment.number, handle, Kind::Function, right::Bind | right::Read | right::Write);
    if (!ref)
        return std::unexpected(ref.error());
    if (capabilities.at(*ref).count != 1)
        return std::unexpected(Error::OutOfRange);
    return static_cast<std::uint32_t>(capabilities.at(*ref).first);
}

Status bind_nic(Environment& environment, const BindOp& row) {
    if (row.flags || row.address)
        return std::unexpected(Error::BadArgument);
    Result<std::uint32_t> function = shareable_function(environment, row.handle);
    if (!function)
        return std::unexpected(function.error());
    Rights rights = right::Dma | right::Retype | right::Read | right::Write;
    Result<SlotRef> frames = capabilities.find(environment.number, row.argument, Kind::Frames, rights);
    if (!frames)
        return std::unexpected(frames.error());
    return nic_share(*function, environment.number, *frames, row.resource, row.count);
}

Status unbind_nic(Environment& environment, const BindOp& row) {
    Result<std::uint32_t> function = shareable_function(environment, row.handle);
    if (!function)
        return std::unexpected(function.error());
    if (!function_driven(*function) || device_infos[*function].owner != environment.number)
        return std::unexpected(Error::NotBound);
    return function_take_back(*function);
}

Status bind_ring(Environment& environment, const BindOp& row) {
    if (row.flags || row.count)
        return std::unexpected(Error::BadArgument);
    Result<NamedFlow> flow = named_flow(environment.number, row.handle, right::Bind);
    if (!flow)
        return std::unexpected(flow.error());
    if (row.argument)
        return join_ring(environment, *flow, row);
    std::uint64_t vcore = row.resource >> 8, event = row.resource & 0xff;
    if (vcore >= environment.vcore_count || event >= events_per_vcore)
        return std::unexpected(Error::OutOfRange);
    RingRequest request{
        environment.number, flow->nic->number, environment.vcore[vcore], static_cast<std::uint8_t>(event), no_slot, {}};
    // The row's address is of the caller, as the row itself.
    if (Status status = copy_in(&request.spec, UserPointer<const FlowRingSpec>{row.address}); !status)
        return status;
    Result<SlotRef> frames =
        capabilities.find(environment.number, request.spec.frames, Kind::Frames, right::Read | right::Write);
    if (!frames)
        return std::unexpected(frames.error());
    request.frames = *frames;
    return flow_bind_ring(*flow->nic, flow->flow, flow->ref, request);
}

Status unbind_ring(Environment& environment, const BindOp& row) {
    Result<NamedFlow> flow = named_flow(environment.number, row.handle, right::Bind);
    if (!flow)
        return std::unexpected(flow.error());
    // Another holder of the same flow has its own ring, if it is not this one's.
    if (flow->state().ring == no_ring || rings[flow->state().ring].environment != environment.number)
        return std::unexpected(Error::NotBound);
    return flow_unbind_ring(*flow->nic, flow->flow);
}

Status bind_program(Environment& environment, const BindOp& row) {
    if (row.flags || row.count != filter_frames)
        return std::unexpected(Error::BadArgument);
    Result<NamedFlow> flow = named_flow(environment.number, row.handle, right::Bind | right::Read);
    if (!flow)
        return std::unexpected(flow.error());
    Result<SlotRef> frames =
        capabilities.find(environment.number, row.argument, Kind::Frames, right::Retype | right::Write);
    if (!frames)
        return std::unexpected(frames.error());
    ProgramRequest request{flow->ref, *frames, row.resource, {}};
    if (Status status = copy_in(&request.filter, UserPointer<const FilterRequest>{row.address}); !status)
        return status;
    return program_bind(*flow->nic, flow->flow, request);
}

Status unbind_program(Environment& environment, const BindOp& row) {
    Result<NamedFlow> flow = named_flow(environment.number, row.handle, right::Bind | right::Read);
    if (!flow)
        return std::unexpected(flow.error());
    std::uint16_t program = flow->state().program;
    if (program == no_program || slot_environment(programs[program].by) != environment.number)
        return std::unexpected(Error::NotBound);
    program_end(program);
    return {};
}

CallWord derive_root_flow(SlotRef function, std::uint64_t rights) {
    const Slot& slot = capabilities.at(function);
    Nic* nic = slot.count == 1 ? nic_of_function(static_cast<std::uint32_t>(slot.first)) : nullptr;
    if (!nic || nic->stopped)
        return call_error(Error::NotBound);
    Result<SlotRef> made =
        capabilities.derive_flow(function, caller(), static_cast<Rights>(rights), nic_root(*nic).word());
    return made ? static_cast<CallWord>(capabilities.handle_of(*made)) : call_error(made.error());
}

CallWord call::flow_narrow(Handle handle, std::uint64_t rights, std::uint64_t spec_address) {
    if (rights > right::all)
        return call_error(Error::BadArgument);
    Result<NamedFlow> flow = named_flow(caller(), handle, 0);
    if (!flow)
        return call_error(flow.error());
    FlowSpec spec;
    if (Status status = copy_in(&spec, UserPointer<const FlowSpec>{spec_address}); !status)
        return call_error(status.error());
    Result<FlowNumber> record = flow->nic->book.narrow(flow->flow, spec);
    if (!record)
        return call_error(record.error());
    FlowName name{flow->nic->generation, flow->nic->number, *record};
    Result<SlotRef> made = capabilities.derive_flow(flow->ref, caller(), static_cast<Rights>(rights), name.word());
    if (!made) {
        (void)flow->nic->book.remove(*record, 1);
        return call_error(made.error());
    }
    flow->nic->flows[*record].creator = *made;
    return static_cast<CallWord>(capabilities.handle_of(*made));
}

CallWord call::submit(Handle handle, std::uint64_t flags) {
    Rights rights = (flags & submit_flag::send ? right::Write : 0) | (flags & submit_flag::receive ? right::Read : 0);
    if (Result<SlotRef> extent = own_capability(handle, Kind::Extent, 0))
        return extent_submit_call(*extent, flags);
    if (flags & ~submit_flag::all)
        return call_error(Error::BadArgument);
    Result<NamedFlow> flow = named_flow(caller(), handle, rights);
    if (!flow)
        return call_error(flow.error());
    std::uint16_t ring = flow->state().ring;
    if (ring == no_ring || rings[ring].environment != caller())
        return call_error(Error::NotBound);
    if (flags & submit_flag::send) {
        ring_has_frames(*flow->nic, ring);
        nic_transmit(*flow->nic, frames_per_call);
    }
    if (flags & submit_flag::receive)
        nic_receive(*flow->nic, frames_per_call);
    if (flags & submit_flag::sleep)
        ring_sleeps(*flow->nic, ring);
    return 0;
}

} // namespace exo
