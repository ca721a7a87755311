// Where a gate leads, for the two ways of a protected control transfer: gate_transfer.cpp and gate.cpp.
#pragma once

#include "exokernel/syscall/resolve.hpp"

namespace exo {

struct GateEntry {
    Vcore* callee;
    std::uint64_t badge;
    std::uint64_t address; // in the lower half
    std::uint64_t stack;   // as the callee wrote it
};
// Of a gate of the running environment. Errors: BadHandle, WrongKind, NoRight, Gone, WrongCore, WrongState (the callee
// is not open).
inline Result<GateEntry> gate_entry_of(Handle gate) {
    Result<SlotRef> ref = own_capability(gate, Kind::Gate, right::Call);
    if (!ref)
        return std::unexpected(ref.error());
    std::uint64_t name = capabilities.at(*ref).first;
    std::uint64_t number = name >> 32;
    std::uint64_t index = name >> 16 & 0xffff;
    if (environment_infos[number].state != EnvironmentState::Alive)
        return std::unexpected(Error::Gone);
    const Environment& environment = environments[number];
    if (index >= environment.vcore_count)
        return std::unexpected(Error::Gone);
    Vcore* callee = vcore_table[environment.vcore[index]];
    if (callee->core != this_core().index)
        return std::unexpected(Error::WrongCore);
    // Read once: the page is the callee's to change at any time.
    std::uint64_t address = __atomic_load_n(&callee->page->gate_entry, __ATOMIC_RELAXED);
    if (callee->state != VcoreState::Accepting || address == 0 || address >= user_end)
        return std::unexpected(Error::WrongState);
    return GateEntry{callee, name & 0xffff, address, __atomic_load_n(&callee->page->gate_stack, __ATOMIC_RELAXED)};
}

} // namespace exo
