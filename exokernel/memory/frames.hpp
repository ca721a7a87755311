// The kernel's instances of the deciding parts: one frame map, one set of translation tables, one
// capability space. Guarded by the kernel lock.
#pragma once

#include "secure-bindings/capability/capability_space.hpp"
#include "secure-bindings/frame/frame_map.hpp"
#include "secure-bindings/mapping/mapping.hpp"

namespace exo {

extern FrameMap frame_map;
extern Mapping mapping;
extern CapabilitySpace capabilities;

// Makes the frame map over boot memory and shows it as info pages.
void frames_start();
// Says Data for everything the steward will get, after the kernel's last boot allocation.
void frames_release_rest();

// Whether [first, first + count) is Data that nothing pins.
bool frames_can_be_pinned(std::uint64_t first, std::uint64_t count);
// Pins them on behalf of `tenant`, whose meaning is the pinning part's; 0: lets go of them.
void frames_pin(std::uint64_t first, std::uint64_t count, std::uint16_t tenant);
// Makes typed frames Data again, all zero.
void frames_clear_and_restore(std::uint64_t first, std::uint64_t count);

} // namespace exo
