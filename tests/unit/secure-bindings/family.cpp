// Looks at every slot; see family.hpp.
#include "tests/unit/secure-bindings/family.hpp"

#include <map>
#include <set>

namespace exo::test {

namespace {

using Problem = std::optional<std::string>;
using Used = std::map<SlotRef, const Slot*>;

std::string at(const char* what, SlotRef ref) {
    return std::string(what) + ": environment " + std::to_string(slot_environment(ref)) + " slot " +
           std::to_string(slot_index(ref));
}

Problem check_child(const Slot& parent, SlotRef ref, const Slot& child) {
    if (child.depth != parent.depth + 1 || child.depth > derivation_depth_max) {
        return at("wrong depth", ref);
    }
    if (child.kind == parent.kind) {
        if ((child.rights & ~parent.rights) != 0 || !covers(parent, child.first, child.count)) {
            return at("more than its parent", ref);
        }
        return {};
    }
    const Rights most = right::Grant | (child.kind == Kind::Event ? right::Signal : right::Call);
    if (parent.kind != Kind::Environment || (child.kind != Kind::Event && child.kind != Kind::Gate) ||
        (parent.rights & right::Control) == 0 || (child.rights & ~most) != 0 || child.count != 1 ||
        !covers(parent, child.first >> 32, 1)) {
        return at("not derivable from its parent", ref);
    }
    return {};
}

// Every child of one slot, and that each is met only here.
Problem check_children(const Used& used, SlotRef ref, const Slot& slot, std::set<SlotRef>& met) {
    SlotRef previous = no_slot;
    for (SlotRef child = slot.first_child; child != no_slot; previous = child, child = used.at(child)->next_sibling) {
        const auto found = used.find(child);
        if (found == used.end() || !met.insert(child).second) {
            return at("child not used or met twice", child);
        }
        if (found->second->parent != ref || found->second->previous_sibling != previous) {
            return at("child linked wrongly", child);
        }
        if (Problem problem = check_child(slot, child, *found->second)) {
            return problem;
        }
    }
    return {};
}

bool descends_from(const Used& used, SlotRef ref, SlotRef top) {
    for (std::size_t steps = 0; steps <= derivation_depth_max && used.contains(ref); ++steps) {
        ref = used.at(ref)->parent;
        if (ref == top) {
            return true;
        }
    }
    return false;
}

Problem check_free(const Attached& table) {
    // The free places form chains; without the private head, every free place but the head has one predecessor.
    std::set<std::uint32_t> named;
    for (std::uint32_t i = 1; i < table.slots.size(); ++i) {
        const Slot& slot = table.slots[i];
        if (slot.kind != Kind::None || slot.next_sibling == no_slot) {
            continue;
        }
        if (slot.next_sibling >= table.slots.size() || table.slots[slot.next_sibling].kind != Kind::None ||
            !named.insert(slot.next_sibling).second) {
            return at("free chain leads astray", slot_ref(table.environment, i));
        }
    }
    return {};
}

} // namespace

std::optional<std::string> family_problem(const CapabilitySpace& space, std::span<const Attached> tables) {
    Used used;
    for (const Attached& table : tables) {
        if (Problem problem = check_free(table)) {
            return problem;
        }
        for (std::uint32_t i = 0; i < table.slots.size(); ++i) {
            if (table.slots[i].kind != Kind::None) {
                used[slot_ref(table.environment, i)] = &table.slots[i];
            }
        }
    }
    std::set<SlotRef> met;
    for (const auto& [ref, slot] : used) {
        if (slot_index(ref) == 0 || &space.at(ref) != slot) {
            return at("slot out of place", ref);
        }
        if (Problem problem = check_children(used, ref, *slot, met)) {
            return problem;
        }
        if (slot->asking != no_slot && !descends_from(used, slot->asking, ref)) {
            return at("asks on at no descendant", ref);
        }
    }
    for (const auto& [ref, slot] : used) {
        if ((slot->parent != no_slot) != met.contains(ref)) {
            return at("parent does not know its child", ref);
        }
    }
    return {};
}

} // namespace exo::test
