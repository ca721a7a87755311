// Capability tables: places, handles, and the life of one capability. The rules of what may be
// derived are in derivation.cpp, walking the tree in capability_tree.cpp.
#include "secure-bindings/capability/capability_space.hpp"

#include <algorithm>
#include <limits>

namespace exo {

void CapabilitySpace::attach(std::uint32_t environment, std::span<Slot> table) {
    Table& mine = tables_[environment];
    mine.slots = table.first(std::min(table.size(), slots_per_table_max));
    mine.first_free = mine.slots.size() > 1 ? 1 : 0;
    for (std::size_t index = 0; index < mine.slots.size(); ++index) {
        const bool more = index != 0 && index + 1 < mine.slots.size();
        mine.slots[index] = Slot{};
        mine.slots[index].generation = 1;
        mine.slots[index].next_sibling = more ? static_cast<SlotRef>(index + 1) : no_slot;
    }
}

void CapabilitySpace::detach(std::uint32_t environment) {
    tables_[environment] = Table{};
}

Result<SlotRef> CapabilitySpace::find(std::uint32_t environment, Handle handle, Kind kind, Rights rights) const {
    const Table& table = tables_[environment];
    const std::uint32_t index = handle_slot(handle);
    if (index == 0 || index >= table.slots.size()) {
        return std::unexpected(Error::BadHandle);
    }
    const Slot& slot = table.slots[index];
    if (slot.kind == Kind::None || make_handle(index, slot.generation) != handle) {
        return std::unexpected(Error::BadHandle);
    }
    if (kind != Kind::None && slot.kind != kind) {
        return std::unexpected(Error::WrongKind);
    }
    if ((rights & ~slot.rights) != 0) {
        return std::unexpected(Error::NoRight);
    }
    return slot_ref(environment, index);
}

Slot& CapabilitySpace::at(SlotRef ref) {
    return tables_[slot_environment(ref)].slots[slot_index(ref)];
}

const Slot& CapabilitySpace::at(SlotRef ref) const {
    return tables_[slot_environment(ref)].slots[slot_index(ref)];
}

Handle CapabilitySpace::handle_of(SlotRef ref) const {
    return make_handle(slot_index(ref), at(ref).generation);
}

bool CapabilitySpace::has_room(std::uint32_t environment) const {
    return environment < max_environments && tables_[environment].first_free != 0;
}

// The caller has seen that there is room.
SlotRef CapabilitySpace::take_free(std::uint32_t environment, Kind kind, Rights rights, std::uint64_t first,
                                   std::uint64_t count) {
    Table& table = tables_[environment];
    const std::uint32_t index = table.first_free;
    Slot& slot = table.slots[index];
    table.first_free = slot.next_sibling;
    const std::uint32_t generation = slot.generation;
    slot = Slot{};
    slot.generation = generation;
    slot.kind = kind;
    slot.rights = rights;
    slot.first = first;
    slot.count = count;
    return slot_ref(environment, index);
}

Result<SlotRef> CapabilitySpace::root(std::uint32_t environment, Kind kind, Rights rights, std::uint64_t first,
                                      std::uint64_t count) {
    if (kind == Kind::None || count == 0 || first > std::numeric_limits<std::uint64_t>::max() - count) {
        return std::unexpected(Error::BadArgument);
    }
    if (!has_room(environment)) {
        return std::unexpected(Error::TableFull);
    }
    return take_free(environment, kind, rights, first, count);
}

void CapabilitySpace::remove(SlotRef ref) {
    unlink(ref);
    Slot& slot = at(ref);
    Table& table = tables_[slot_environment(ref)];
    const std::uint32_t generation = slot.generation;
    slot = Slot{};
    slot.generation = generation;
    if (generation == std::numeric_limits<std::uint32_t>::max()) {
        return;
    }
    slot.generation = generation + 1;
    slot.next_sibling = table.first_free;
    table.first_free = slot_index(ref);
}

SlotRef CapabilitySpace::first_used(std::uint32_t environment, std::uint32_t* cursor, std::size_t limit) const {
    const std::span<Slot> slots = tables_[environment].slots;
    std::uint32_t index = std::max(*cursor, 1u);
    for (std::size_t looked = 0; looked < limit && index < slots.size(); ++looked, ++index) {
        if (slots[index].kind != Kind::None) {
            *cursor = index;
            return slot_ref(environment, index);
        }
    }
    *cursor = index;
    return no_slot;
}

} // namespace exo
