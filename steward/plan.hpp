// Divides the machine between the programs of a manifest: cores and their slots, memory, functions.
#pragma once

#include "secure-bindings/abi/info.hpp"
#include "steward/disk_primary.hpp"
#include "steward/program.hpp"

namespace exo::steward {

// What the info pages say, passed in so that tests can make a machine up.
struct MachineView {
    std::uint64_t core_count;
    std::span<const DeviceInfo> devices;
};

// Slots of core 0, its last ones, that stay the steward's: with shared disks one, so that it can look after them
// however busy the programs are. Time that it does not want is theirs.
inline std::uint32_t kept_slots(const Manifest& manifest) {
    return manifest.disk_count != 0 ? 1 : 0;
}

// Plans of what the steward keeps for itself, to share it out.
struct OwnPlans {
    std::span<NicPlan, max_nics> nics;
    std::span<DiskPlan, shared_disks_max> disks;
    std::span<PrimaryPlan, primaries_max> primaries;
};

// Fills one plan a program, and the steward's own with functions and memory. The error is one sentence without its full
// stop.
std::expected<void, const char*> make_plans(const Manifest& manifest, const MachineView& machine,
                                            std::span<FrameRun> memory, std::span<ProgramPlan> plans, OwnPlans own);

} // namespace exo::steward
