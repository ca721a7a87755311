// The capability tree of one kernel: every table, and the parent-child links between their slots.
// Decides; touches no hardware. Breaking what hangs on a capability is the caller's part: it asks for
// one leaf at a time (next_leaf), breaks that leaf's bindings, then removes it. No call recurses, and
// each is bounded by derivation_depth_max or a constant.
#pragma once

#include "secure-bindings/capability/slot.hpp"

#include <array>
#include <span>

namespace exo {

class CapabilitySpace {
public:
    // Gives an environment its table: clears it, leaves slot 0 unused and chains the rest as free. Slots beyond
    // slots_per_table_max are not used. The memory stays the environment's; it must not change hands while attached.
    void attach(std::uint32_t environment, std::span<Slot> table);
    // Forgets a table. Every slot must be free (see first_used).
    void detach(std::uint32_t environment);

    // The capability a handle names, if it has this kind and all of these rights. All 64 bits of the handle count.
    // Errors: BadHandle, WrongKind, NoRight. Kind::None and no rights accept any.
    Result<SlotRef> find(std::uint32_t environment, Handle handle, Kind kind, Rights rights) const;
    Slot& at(SlotRef ref);
    const Slot& at(SlotRef ref) const;
    Handle handle_of(SlotRef ref) const;

    // A capability without a parent: for the roots made at boot and for a new environment's own.
    // Errors: BadArgument (kind None, empty or wrapping range), TableFull.
    Result<SlotRef> root(std::uint32_t environment, Kind kind, Rights rights, std::uint64_t first, std::uint64_t count);

    // A child of `source` in the table of `environment`: the same environment for derive, another for grant, which
    // needs Grant on the source. Same kind: range within the source's, rights a subset. Kind Event or Gate from an
    // Environment source with Control: `first` must name an environment in the source's range and a vcore and bit
    // that can exist (see Kind), count is 1, and of the rights asked only Signal|Grant or Call|Grant are given.
    // Kind Extent from a Function: see extent_first; the rights are the source's, and with Write Trim and Flush.
    // A child of a capability that has been asked back is born asked back, by the same deadline.
    // Errors: WrongKind, NoRight, OutOfRange, BadArgument (count 0), TableFull (table or depth), all before any change.
    Result<SlotRef> derive(SlotRef source, std::uint32_t environment, Kind kind, Rights rights, std::uint64_t first,
                           std::uint64_t count);

    // A Flow out of the Function of a shared NIC, or out of another Flow: `name` is a record of the flow book that lies
    // within the source's, which the caller has seen to; rights are a subset of the source's.
    // Errors: WrongKind, NoRight, TableFull.
    Result<SlotRef> derive_flow(SlotRef source, std::uint32_t environment, Rights rights, std::uint64_t name);

    // The deepest first descendant of `ref`, or `ref` itself when it has no child.
    SlotRef next_leaf(SlotRef ref) const;
    // True when some descendant of `ref` lies in another environment's table. Looks at up to `limit` slots;
    // Errors: Again when the limit did not suffice.
    Result<bool> has_foreign_descendant(SlotRef ref, std::size_t limit) const;
    // Frees a slot that has no children; its handle is stale from now on. A slot whose generations are used up is
    // not used again, so that no handle ever names two capabilities.
    void remove(SlotRef ref);

    // Marks every descendant outside `ref`'s own environment as asked back by `deadline_tsc`, calling
    // told(SlotRef) once for each slot marked; one that already has this deadline is not told again.
    // Restartable: visits at most `limit` slots, and a later call goes on where this one stopped, whatever was
    // removed meanwhile. Errors: Again.
    template <typename Told>
    Status ask_back(SlotRef ref, std::uint64_t deadline_tsc, std::size_t limit, Told&& told);

    // Any used slot of an environment's table, starting the search at `*cursor` and looking at no more
    // than `limit` places; no_slot with *cursor at the end when there is none.
    SlotRef first_used(std::uint32_t environment, std::uint32_t* cursor, std::size_t limit) const;

    std::size_t capacity(std::uint32_t environment) const { return tables_[environment].slots.size(); }

private:
    struct Table {
        std::span<Slot> slots;
        std::uint32_t first_free = 0;
    };
    // Makes the child that was judged.
    Result<SlotRef> link_child(SlotRef source, std::uint32_t environment, Kind kind, const Result<Rights>& given,
                               std::uint64_t first, std::uint64_t count);
    // The slot after `ref` in the tree below `top`, parents before children; no_slot after the last.
    SlotRef next_in_tree(SlotRef ref, SlotRef top) const;
    // The same, past everything below `ref`.
    SlotRef next_beside(SlotRef ref, SlotRef top) const;
    bool has_room(std::uint32_t environment) const;
    SlotRef take_free(std::uint32_t environment, Kind kind, Rights rights, std::uint64_t first, std::uint64_t count);
    void unlink(SlotRef ref);

    std::array<Table, max_environments> tables_{};
};

template <typename Told>
Status CapabilitySpace::ask_back(SlotRef ref, std::uint64_t deadline_tsc, std::size_t limit, Told&& told) {
    Slot& top = at(ref);
    SlotRef next = top.asking != no_slot ? top.asking : next_in_tree(ref, ref);
    for (std::size_t visited = 0; next != no_slot; ++visited) {
        if (visited == limit) {
            top.asking = next;
            return std::unexpected(Error::Again);
        }
        Slot& slot = at(next);
        const bool asked = slot.revoking != 0 && slot.deadline_tsc == deadline_tsc;
        if (slot_environment(next) != slot_environment(ref) && !asked) {
            slot.revoking = 1;
            slot.deadline_tsc = deadline_tsc;
            told(next);
        }
        next = next_in_tree(next, ref);
    }
    top.asking = no_slot;
    return {};
}

} // namespace exo
