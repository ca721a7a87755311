// Walking the capability tree, and taking a leaf out of it. Every loop climbs or descends at most
// derivation_depth_max steps, or counts against the limit that the caller gave.
#include "secure-bindings/capability/capability_space.hpp"

namespace exo {

SlotRef CapabilitySpace::next_beside(SlotRef ref, SlotRef top) const {
    for (SlotRef here = ref; here != top; here = at(here).parent) {
        if (at(here).next_sibling != no_slot) {
            return at(here).next_sibling;
        }
    }
    return no_slot;
}

SlotRef CapabilitySpace::next_in_tree(SlotRef ref, SlotRef top) const {
    const SlotRef child = at(ref).first_child;
    return child != no_slot ? child : next_beside(ref, top);
}

SlotRef CapabilitySpace::next_leaf(SlotRef ref) const {
    SlotRef leaf = ref;
    while (at(leaf).first_child != no_slot) {
        leaf = at(leaf).first_child;
    }
    return leaf;
}

Result<bool> CapabilitySpace::has_foreign_descendant(SlotRef ref, std::size_t limit) const {
    std::size_t visited = 0;
    for (SlotRef here = next_in_tree(ref, ref); here != no_slot; here = next_in_tree(here, ref)) {
        if (visited++ == limit) {
            return std::unexpected(Error::Again);
        }
        if (slot_environment(here) != slot_environment(ref)) {
            return true;
        }
    }
    return false;
}

void CapabilitySpace::unlink(SlotRef ref) {
    const Slot& slot = at(ref);
    // An ask_back under way above that would go on at this leaf goes on after it.
    for (SlotRef above = slot.parent; above != no_slot; above = at(above).parent) {
        if (at(above).asking == ref) {
            at(above).asking = next_beside(ref, above);
        }
    }
    if (slot.next_sibling != no_slot) {
        at(slot.next_sibling).previous_sibling = slot.previous_sibling;
    }
    if (slot.previous_sibling != no_slot) {
        at(slot.previous_sibling).next_sibling = slot.next_sibling;
    } else if (slot.parent != no_slot) {
        at(slot.parent).first_child = slot.next_sibling;
    }
}

} // namespace exo
