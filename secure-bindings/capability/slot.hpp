// One place of a capability table, and how places name each other across tables.
// Tables lie in frames that their environments paid for and may read (BindKind::Info),
// so a slot holds no kernel address. The operations on slots are in capability_space.hpp.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

// A slot anywhere in the machine: (environment << 16) | slot. Zero names none, since slot 0 is never used.
using SlotRef = std::uint32_t;
inline constexpr SlotRef no_slot = 0;
constexpr SlotRef slot_ref(std::uint32_t environment, std::uint32_t slot) {
    return (environment << 16) | slot;
}
constexpr std::uint32_t slot_environment(SlotRef ref) {
    return ref >> 16;
}
constexpr std::uint32_t slot_index(SlotRef ref) {
    return ref & 0xffff;
}

struct Slot {
    std::uint64_t first;        // first unit of the range
    std::uint64_t count;        // units in the range
    std::uint64_t deadline_tsc; // when it may be repossessed, once revoking
    Rights rights;
    std::uint32_t generation; // of the handle that names it now, or will name the next capability here
    Kind kind;                // None: free
    std::uint8_t depth;
    std::uint16_t revoking; // 1 once its return has been asked for
    SlotRef parent;
    SlotRef first_child;
    SlotRef next_sibling; // of a free slot: the next free one
    SlotRef previous_sibling;
    SlotRef asking;         // the descendant at which a restartable ask_back goes on; no_slot: none under way
    std::uint64_t progress; // how far a restartable destruction has come
};
static_assert(sizeof(Slot) == 64);
inline constexpr std::size_t slots_per_frame = page_bytes / sizeof(Slot);
inline constexpr std::size_t slots_per_table_max = 1u << 16;

// Whether [first, first + count) is not empty and lies within the capability's range. No sum can wrap.
constexpr bool covers(const Slot& slot, std::uint64_t first, std::uint64_t count) {
    return count != 0 && first >= slot.first && first - slot.first < slot.count &&
           count <= slot.count - (first - slot.first);
}

} // namespace exo
