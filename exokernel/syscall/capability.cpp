// derive, grant, revoke, repossess, drop, inspect: rights themselves.
#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/cpu/scheduler.hpp"
#include "exokernel/cpu/take_apart.hpp"
#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/user_access.hpp"
#include "exokernel/syscall/dispatch.hpp"
#include "exokernel/syscall/resolve.hpp"

namespace exo {

namespace {

constexpr std::size_t slots_per_call = 4096;
// Steps of destruction that one call makes before it lets others in.
constexpr unsigned steps_per_call = 8;

// Destroys one leaf below `ref`, or says that there is none left.
Status take_leaf(SlotRef leaf, bool record) {
    if (Status status = break_bindings(leaf); !status)
        return status;
    if (record)
        record_repossession(leaf, rdtsc());
    capabilities.remove(leaf);
    return {};
}

// An environment may make events and gates of its own without holding a capability on itself.
CallWord derive_from_self(Kind kind, Rights rights, std::uint64_t first, std::uint64_t count) {
    std::uint16_t own = caller();
    if (kind != Kind::Event && kind != Kind::Gate)
        return call_error(Error::WrongKind);
    std::uint64_t vcore = kind == Kind::Event ? first >> 8 & 0xff'ffff : first >> 16 & 0xffff;
    bool exists = vcore < environments[own].vcore_count && (kind == Kind::Gate || (first & 0xff) < events_per_vcore);
    if (count != 1)
        return call_error(Error::BadArgument);
    if (first >> 32 != own || !exists)
        return call_error(Error::OutOfRange);
    Rights most = right::Grant | (kind == Kind::Event ? right::Signal : right::Call);
    if (rights & ~most)
        return call_error(Error::NoRight);
    Result<SlotRef> made = capabilities.root(own, kind, rights, first, 1);
    return made ? static_cast<CallWord>(capabilities.handle_of(*made)) : call_error(made.error());
}

} // namespace

CallWord call::derive(Handle source, std::uint64_t kind, std::uint64_t rights, std::uint64_t first,
                      std::uint64_t count) {
    std::uint16_t own = caller();
    if (kind > static_cast<std::uint64_t>(Kind::Extent) || rights > right::all)
        return call_error(Error::BadArgument);
    if (source == self)
        return derive_from_self(static_cast<Kind>(kind), static_cast<Rights>(rights), first, count);
    Result<SlotRef> from = own_capability(source, Kind::None, 0);
    if (!from)
        return call_error(from.error());
    if (static_cast<Kind>(kind) == Kind::Flow && capabilities.at(*from).kind == Kind::Function)
        return first == 0 && count == 1 ? derive_root_flow(*from, rights) : call_error(Error::OutOfRange);
    Result<SlotRef> made =
        capabilities.derive(*from, own, static_cast<Kind>(kind), static_cast<Rights>(rights), first, count);
    return made ? static_cast<CallWord>(capabilities.handle_of(*made)) : call_error(made.error());
}

CallWord call::grant(Handle capability, Handle environment) {
    Result<SlotRef> given = own_capability(capability, Kind::None, right::Grant);
    if (!given)
        return call_error(given.error());
    Result<std::uint16_t> target = named_environment(environment, right::Receive);
    if (!target)
        return call_error(target.error());
    if (environment_infos[*target].state != EnvironmentState::Alive)
        return call_error(Error::WrongState);
    const Slot slot = capabilities.at(*given);
    Result<SlotRef> made = capabilities.derive(*given, *target, slot.kind, slot.rights, slot.first, slot.count);
    if (!made)
        return call_error(made.error());
    if (slot.kind == Kind::Frames)
        frame_owner_changed(slot, *target);
    return static_cast<CallWord>(capabilities.handle_of(*made));
}

CallWord call::revoke(Handle capability, std::uint64_t deadline_tsc) {
    Result<SlotRef> ref = own_capability(capability, Kind::None, 0);
    if (!ref)
        return call_error(ref.error());
    if (deadline_tsc == 0)
        return call_error(Error::BadArgument);
    Slot& slot = capabilities.at(*ref);
    slot.deadline_tsc = deadline_tsc;
    return call_word(capabilities.ask_back(*ref, deadline_tsc, slots_per_call, [](SlotRef asked) {
        Environment& holder = environments[slot_environment(asked)];
        for (std::uint16_t i = 0; i < holder.vcore_count; i++)
            post(*vcore_table[holder.vcore[i]], pending::revocation, 0);
    }));
}

CallWord call::repossess(Handle capability) {
    Result<SlotRef> ref = own_capability(capability, Kind::None, 0);
    if (!ref)
        return call_error(ref.error());
    const Slot& slot = capabilities.at(*ref);
    if (slot.deadline_tsc == 0 || rdtsc() < slot.deadline_tsc)
        return call_error(Error::TooEarly);
    for (unsigned step = 0; step < steps_per_call; step++) {
        SlotRef leaf = capabilities.next_leaf(*ref);
        if (leaf == *ref) {
            capabilities.at(*ref).deadline_tsc = 0;
            return 0;
        }
        if (Status status = take_leaf(leaf, slot_environment(leaf) != caller()); !status)
            return call_error(status.error());
    }
    return call_error(Error::Again);
}

CallWord call::drop(Handle capability) {
    Result<SlotRef> ref = own_capability(capability, Kind::None, 0);
    if (!ref)
        return call_error(ref.error());
    Result<bool> foreign = capabilities.has_foreign_descendant(*ref, slots_per_call);
    if (!foreign)
        return call_error(foreign.error());
    if (*foreign)
        return call_error(Error::HasChildren);
    for (unsigned step = 0; step < steps_per_call; step++) {
        SlotRef leaf = capabilities.next_leaf(*ref);
        if (Status status = take_leaf(leaf, false); !status)
            return call_error(status.error());
        if (leaf == *ref)
            return 0;
    }
    return call_error(Error::Again);
}

CallWord call::inspect(Handle capability, std::uint64_t info) {
    Result<SlotRef> ref = own_capability(capability, Kind::None, 0);
    if (!ref)
        return call_error(ref.error());
    const Slot& slot = capabilities.at(*ref);
    CapabilityInfo out{slot.first, slot.count,    slot.rights,       slot.kind,
                       slot.depth, slot.revoking, slot.deadline_tsc, slot.first_child != no_slot};
    return call_word(copy_out(UserPointer<CapabilityInfo>{info}, out));
}

} // namespace exo
