// See nics.hpp.
#include "steward/nics.hpp"

#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/abi/syscall.hpp"

namespace exo::steward {

std::expected<SharedNic, const char*> share_nic(Handle functions, const NicPlan& plan) {
    constexpr Rights rights = right::Read | right::Write | right::Bind | right::Grant;
    CallResult own = sys::derive(functions, Kind::Function, rights, plan.function, 1);
    if (!own.ok())
        return std::unexpected("a NIC could not be shared");
    BindOp row{BindKind::Nic, 0, own.value(), 0, plan.memory.next, shared_nic_frames, plan.memory.handle};
    if (CallResult shared = sys::bind(self, &row, 1); !shared.ok())
        return std::unexpected(shared.is(Error::Unsupported) ? "the kernel has no driver for a NIC that is to be shared"
                                                             : "a NIC could not be shared");
    CallResult root = sys::derive(own.value(), Kind::Flow, rights, 0, 1);
    if (!root.ok())
        return std::unexpected("a NIC could not be shared");
    SharedNic nic{plan.function, 0, root.value()};
    auto* infos = reinterpret_cast<const NicInfo*>(info_nics); // Safe: mapped read only in every environment.
    while (nic.number < max_nics && !(infos[nic.number].used && infos[nic.number].function == plan.function))
        nic.number++;
    return nic;
}

std::expected<Handle, const char*> give_flow(const SharedNic& nic, const FlowSpec& spec, Handle environment) {
    CallResult flow = sys::flow_narrow(nic.root, right::Read | right::Write | right::Bind | right::Grant, &spec);
    if (flow.is(Error::Occupied))
        return std::unexpected("a flow overlaps with that of another program");
    if (flow.is(Error::BadArgument))
        return std::unexpected("a flow is not well formed");
    CallResult given = flow.ok() ? sys::grant(flow.value(), environment) : flow;
    if (!given.ok())
        return std::unexpected("a flow could not be granted");
    return given.value();
}

} // namespace exo::steward
