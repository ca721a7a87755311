// Rows about time: slots of a wheel to a vcore of the environment.
#include "exokernel/syscall/bind_rows.hpp"

#include "exokernel/cpu/scheduler.hpp"
#include "exokernel/syscall/resolve.hpp"

namespace exo {

namespace {

Status check(Environment& environment, const BindOp& row) {
    Result<SlotRef> ref = capabilities.find(environment.number, row.handle, Kind::Slices, right::Bind);
    if (!ref)
        return std::unexpected(ref.error());
    if (row.flags)
        return std::unexpected(Error::BadArgument);
    if (row.count == 0 || row.count > wheel_slots || !covers(capabilities.at(*ref), row.resource, row.count) ||
        row.resource / wheel_slots != (row.resource + row.count - 1) / wheel_slots)
        return std::unexpected(Error::OutOfRange);
    return {};
}

} // namespace

Status bind_slices(Environment& environment, const BindOp& row) {
    if (Status status = check(environment, row); !status)
        return status;
    if (row.address >= environment.vcore_count)
        return std::unexpected(Error::OutOfRange);
    Vcore& vcore = *vcore_table[environment.vcore[row.address]];
    std::uint64_t core = row.resource / wheel_slots;
    if (vcore.core != core)
        return std::unexpected(Error::OutOfRange);
    Wheel& wheel = wheels[core];
    for (std::uint64_t i = 0; i < row.count; i++)
        if (std::uint16_t owner = wheel.slot[row.resource % wheel_slots + i];
            owner != no_vcore && vcore_infos[owner].environment != environment.number)
            return std::unexpected(Error::Occupied);
    for (std::uint64_t i = 0; i < row.count; i++)
        wheel.slot[row.resource % wheel_slots + i] = vcore.number;
    wheel_changed(vcore.core);
    return {};
}

Status unbind_slices(Environment& environment, const BindOp& row) {
    if (Status status = check(environment, row); !status)
        return status;
    Wheel& wheel = wheels[row.resource / wheel_slots];
    for (std::uint64_t i = 0; i < row.count; i++) {
        std::uint16_t owner = wheel.slot[row.resource % wheel_slots + i];
        if (owner == no_vcore || vcore_infos[owner].environment != environment.number)
            return std::unexpected(Error::NotBound);
    }
    for (std::uint64_t i = 0; i < row.count; i++)
        wheel.slot[row.resource % wheel_slots + i] = no_vcore;
    wheel_changed(static_cast<std::uint32_t>(row.resource / wheel_slots));
    return {};
}

} // namespace exo
