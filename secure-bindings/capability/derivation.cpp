// What may be derived from what: the only place where a capability comes out of another. First every
// check, changing nothing; then the child is linked, which cannot fail.
#include "secure-bindings/abi/extent.hpp"
#include "secure-bindings/capability/capability_space.hpp"

namespace exo {

namespace {

// Whether an Event's or Gate's number names a vcore and a bit that can exist. A badge may be anything.
bool names_place(Kind kind, std::uint64_t first) {
    const std::uint64_t low = first & 0xffff'ffff;
    if (kind == Kind::Gate) {
        return (low >> 16) < max_vcores;
    }
    return (low >> 8) < max_vcores && (low & 0xff) < events_per_vcore;
}

// An Event or Gate of an environment that the source controls. Returns the rights given.
Result<Rights> check_entrance(const Slot& source, Kind kind, Rights rights, std::uint64_t first, std::uint64_t count) {
    if ((source.rights & right::Control) == 0) {
        return std::unexpected(Error::NoRight);
    }
    if (count != 1 || !covers(source, first >> 32, 1) || !names_place(kind, first)) {
        return std::unexpected(Error::OutOfRange);
    }
    return rights & ((kind == Kind::Event ? right::Signal : right::Call) | right::Grant);
}

Result<Rights> check_same_kind(const Slot& source, Rights rights, std::uint64_t first, std::uint64_t count) {
    if ((rights & ~source.rights) != 0) {
        return std::unexpected(Error::NoRight);
    }
    if (!covers(source, first, count)) {
        return std::unexpected(Error::OutOfRange);
    }
    return rights;
}

// Blocks of a disk, out of its function. Who may write all of it may trim and flush it.
Result<Rights> check_extent(const Slot& source, Rights rights, std::uint64_t first, std::uint64_t count) {
    const Rights also = (source.rights & right::Write) != 0 ? right::Trim | right::Flush : 0;
    if ((rights & ~(source.rights | also)) != 0) {
        return std::unexpected(Error::NoRight);
    }
    constexpr std::uint64_t blocks = 1ull << extent_block_bits;
    if (!covers(source, first >> extent_block_bits, 1) || count > blocks - first % blocks) {
        return std::unexpected(Error::OutOfRange);
    }
    return rights & (right::Read | right::Write | right::Trim | right::Flush | right::Bind | right::Grant);
}

Result<Rights> check(const Slot& source, Kind kind, Rights rights, std::uint64_t first, std::uint64_t count) {
    if (count == 0) {
        return std::unexpected(Error::BadArgument);
    }
    if (kind == source.kind) {
        return check_same_kind(source, rights, first, count);
    }
    if (source.kind == Kind::Environment && (kind == Kind::Event || kind == Kind::Gate)) {
        return check_entrance(source, kind, rights, first, count);
    }
    if (source.kind == Kind::Function && kind == Kind::Extent) {
        return check_extent(source, rights, first, count);
    }
    return std::unexpected(Error::WrongKind);
}

Result<Rights> check_flow(const Slot& source, Rights rights) {
    if (source.kind != Kind::Function && source.kind != Kind::Flow) {
        return std::unexpected(Error::WrongKind);
    }
    const Rights missing = rights & ~source.rights;
    if (missing != 0) {
        return std::unexpected(Error::NoRight);
    }
    return rights & (right::Read | right::Write | right::Bind | right::Grant);
}

} // namespace

Result<SlotRef> CapabilitySpace::derive(SlotRef source, std::uint32_t environment, Kind kind, Rights rights,
                                        std::uint64_t first, std::uint64_t count) {
    return link_child(source, environment, kind, check(at(source), kind, rights, first, count), first, count);
}

Result<SlotRef> CapabilitySpace::derive_flow(SlotRef source, std::uint32_t environment, Rights rights,
                                             std::uint64_t name) {
    return link_child(source, environment, Kind::Flow, check_flow(at(source), rights), name, 1);
}

Result<SlotRef> CapabilitySpace::link_child(SlotRef source, std::uint32_t environment, Kind kind,
                                            const Result<Rights>& given, std::uint64_t first, std::uint64_t count) {
    if (!given) {
        return std::unexpected(given.error());
    }
    Slot& parent = at(source);
    if (environment != slot_environment(source) && (parent.rights & right::Grant) == 0) {
        return std::unexpected(Error::NoRight);
    }
    if (parent.depth >= derivation_depth_max || !has_room(environment)) {
        return std::unexpected(Error::TableFull);
    }

    const SlotRef child = take_free(environment, kind, *given, first, count);
    Slot& slot = at(child);
    slot.depth = static_cast<std::uint8_t>(parent.depth + 1);
    slot.revoking = parent.revoking;
    slot.deadline_tsc = parent.revoking != 0 ? parent.deadline_tsc : 0;
    slot.parent = source;
    slot.next_sibling = parent.first_child;
    if (parent.first_child != no_slot) {
        at(parent.first_child).previous_sibling = child;
    }
    parent.first_child = child;
    return child;
}

} // namespace exo
