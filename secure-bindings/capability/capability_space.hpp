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
    // Gives an environment its table: zeroed slots, slot 0 unused, the rest chained as free.
    // The memory stays the environment's; it must not change hands while attached.
    void attach(std::uint32_t environment, std::span<Slot> table);
    // Forgets a table. Every slot must be free (see first_used).
    void detach(std::uint32_t environment);

    // The capability a handle names, if it has this kind and all of these rights.
    // Errors: BadHandle, WrongKind, NoRight. Kind::None and no rights accept any.
    Result<SlotRef> find(std::uint32_t environment, Handle handle, Kind kind, Rights rights) const;
    Slot& at(SlotRef ref);
    const Slot& at(SlotRef ref) const;
    Handle handle_of(SlotRef ref) const;

    // A capability without a parent: only for the roots made at boot. Errors: TableFull.
    Result<SlotRef> root(std::uint32_t environment, Kind kind, Rights rights, std::uint64_t first, std::uint64_t count);

    // A child of `source` in the table of `environment`, same environment for derive, another for grant.
    // Same kind: range within the source's, rights a subset, nonempty range. Kind Event or Gate from an
    // Environment source with Control: first must name that environment (see Kind), count is 1, and the
    // rights given become Signal|Grant or Call|Grant at most.
    // Errors: WrongKind, NoRight, OutOfRange, BadArgument, TableFull (table or depth), all before any change.
    Result<SlotRef> derive(SlotRef source, std::uint32_t environment, Kind kind, Rights rights, std::uint64_t first,
                           std::uint64_t count);

    // The deepest first descendant of `ref`, or `ref` itself when it has no child.
    SlotRef next_leaf(SlotRef ref) const;
    // True when some descendant of `ref` lies in another environment's table. Looks at up to `limit` slots;
    // Errors: Again when the limit did not suffice.
    Result<bool> has_foreign_descendant(SlotRef ref, std::size_t limit) const;
    // Frees a slot that has no children; its handle is stale from now on.
    void remove(SlotRef ref);

    // Marks every descendant outside `ref`'s own environment as asked back by `deadline_tsc`, calling
    // `told` once for each slot marked. Restartable: visits at most `limit` slots, Errors: Again.
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
    SlotRef next_in_tree(SlotRef ref, SlotRef top) const;

    std::array<Table, max_environments> tables_{};
};

} // namespace exo
