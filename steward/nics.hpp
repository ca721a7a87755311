// NICs that the kernel shares out among the programs: handed to it before any program starts, by the steward's own
// capabilities, with memory for its flows.
#pragma once

#include "steward/manifest.hpp"
#include "steward/memory.hpp"

namespace exo::steward {

// Memory of a shared NIC, with room for at least a thousand flows.
inline constexpr std::uint64_t shared_nic_frames = nic_frames_min + 1024;
static_assert(shared_nic_frames <= nic_frames_max);

struct NicPlan {
    std::uint32_t function; // in the device info page
    FrameRun memory;        // shared_nic_frames
};

// What the steward keeps of one.
struct SharedNic {
    std::uint32_t function; // in the device info page
    std::uint64_t number;   // in the NIC info page
    Handle root;            // every packet of it
};

// Hands a function to the kernel. `functions`: the root capability. The error is one sentence without its full stop.
std::expected<SharedNic, const char*> share_nic(Handle functions, const NicPlan& plan);
// A flow of it for an environment: its handle there.
std::expected<Handle, const char*> give_flow(const SharedNic& nic, const FlowSpec& spec, Handle environment);

} // namespace exo::steward
