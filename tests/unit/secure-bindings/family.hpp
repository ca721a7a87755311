// The invariants of the capability tree, checked by looking at every slot of every table.
#pragma once

#include "secure-bindings/capability/capability_space.hpp"

#include <optional>
#include <span>
#include <string>

namespace exo::test {

// A table as it was attached.
struct Attached {
    std::uint32_t environment;
    std::span<const Slot> slots;
};

// What is wrong, in words; nothing when the tree is in order. `tables` are all that are attached.
std::optional<std::string> family_problem(const CapabilitySpace& space, std::span<const Attached> tables);

} // namespace exo::test
