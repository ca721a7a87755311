// The abort protocol's parts; see take_apart.cpp. All under the kernel lock.
#pragma once

#include "exokernel/cpu/environment.hpp"
#include "secure-bindings/capability/slot.hpp"

namespace exo {

// fault_vector of an environment that ended because frames it consisted of were repossessed.
inline constexpr std::uint64_t fault_vector_repossessed = 258;

// Breaks what hangs on a capability that has no children. Errors: Again, TimedOut.
Status break_bindings(SlotRef ref);
// Writes what is about to be taken into its holder's repossession vector and tells its vcores.
void record_repossession(SlotRef ref, std::uint64_t now);

} // namespace exo
