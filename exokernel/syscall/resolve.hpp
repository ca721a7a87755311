// From what a caller names to what it may use: its own number, its capabilities, environments it controls.
#pragma once

#include "exokernel/cpu/core.hpp"
#include "exokernel/cpu/environment.hpp"
#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/info_pages.hpp"

namespace exo {

inline std::uint16_t caller() {
    return this_core().current->environment;
}

inline Result<SlotRef> own_capability(Handle handle, Kind kind, Rights rights) {
    return capabilities.find(caller(), handle, kind, rights);
}

// The environment that `handle` names with these rights; self needs none. Errors: as find, and WrongState
// for one that has been taken apart.
inline Result<std::uint16_t> named_environment(Handle handle, Rights rights) {
    if (handle == self)
        return caller();
    Result<SlotRef> ref = own_capability(handle, Kind::Environment, rights);
    if (!ref)
        return std::unexpected(ref.error());
    auto number = static_cast<std::uint16_t>(capabilities.at(*ref).first);
    if (environment_infos[number].state == EnvironmentState::Free)
        return std::unexpected(Error::WrongState);
    return number;
}

// Writes the new owner of granted frames into the map that everyone can read; of a 2 MiB region that is
// granted whole, only its first frame is marked.
void frame_owner_changed(const Slot& slot, std::uint16_t owner);

// The function of a row that shares it (network.cpp). Errors: as find, OutOfRange.
Result<std::uint32_t> shareable_function(const Environment& environment, Handle handle);
// `submit` for an extent (disk.cpp).
std::int64_t extent_submit_call(SlotRef extent, std::uint64_t flags);
// `derive` of a Flow from the Function of a shared NIC (network.cpp): every packet of it.
std::int64_t derive_root_flow(SlotRef function, std::uint64_t rights);

} // namespace exo
