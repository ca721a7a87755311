// environment_create, vcore_create, start, stop: protection domains and what runs in them.
#include "exokernel/cpu/environment.hpp"

#include "exokernel/cpu/scheduler.hpp"
#include "exokernel/cpu/switch.hpp"
#include "exokernel/memory/user_access.hpp"
#include "exokernel/syscall/dispatch.hpp"
#include "exokernel/syscall/resolve.hpp"
#include "secure-bindings/abi/boot.hpp"

namespace exo {

namespace {

constexpr unsigned steps_per_call = 8;
constexpr Rights whole_environment = right::Control | right::Receive | right::Call | right::Grant;

} // namespace

void frame_owner_changed(const Slot& slot, std::uint16_t owner) {
    for (std::uint64_t frame = slot.first, end = slot.first + slot.count; frame < end;) {
        frame_map.at(frame).owner = owner;
        bool whole_region = frame % frames_per_large == 0 && end - frame >= frames_per_large;
        frame += whole_region ? frames_per_large : 1;
    }
}

CallWord call::environment_create(Handle machine, Handle frames, std::uint64_t first_frame,
                                  std::uint64_t table_frames) {
    Result<SlotRef> may = own_capability(machine, Kind::Machine, right::Create);
    if (!may)
        return call_error(may.error());
    Result<SlotRef> paid = own_capability(frames, Kind::Frames, right::Retype | right::Write);
    if (!paid)
        return call_error(paid.error());
    if (table_frames > 1024 || !covers(capabilities.at(*paid), first_frame, 3 + table_frames))
        return call_error(Error::OutOfRange);
    std::uint16_t own = caller();
    // The caller's handle on the new environment is made first, since that can fail. It is a root: what
    // becomes of the Machine capability does not end environments.
    Result<SlotRef> handle = capabilities.root(own, Kind::Environment, whole_environment, own, 1);
    if (!handle)
        return call_error(handle.error());
    Result<std::uint16_t> made = environment_make(own, first_frame, table_frames);
    if (!made) {
        capabilities.remove(*handle);
        return call_error(made.error());
    }
    capabilities.at(*handle).first = *made;
    for (std::uint64_t i = 0; i < 3 + table_frames; i++)
        frame_map.at(first_frame + i).owner = *made;
    return static_cast<CallWord>(capabilities.handle_of(*handle));
}

CallWord call::vcore_create(Handle environment, std::uint64_t spec_address) {
    Result<std::uint16_t> number = named_environment(environment, right::Control);
    if (!number)
        return call_error(number.error());
    VcoreSpec spec;
    if (Status status = copy_in(&spec, UserPointer<const VcoreSpec>{spec_address}); !status)
        return call_error(status.error());
    Result<SlotRef> frames = capabilities.find(*number, spec.frames, Kind::Frames, right::Retype | right::Write);
    if (!frames)
        return call_error(frames.error());
    const Slot& slot = capabilities.at(*frames);
    if (!covers(slot, spec.state_frame, 1) || !covers(slot, spec.upcall_frame, 1) || spec.core >= core_count)
        return call_error(Error::OutOfRange);
    Result<std::uint16_t> made =
        vcore_make(environments[*number], {spec.state_frame, spec.upcall_frame, static_cast<std::uint32_t>(spec.core)});
    return made ? *made : call_error(made.error());
}

CallWord call::start(Handle environment, std::uint64_t index, std::uint64_t entry, std::uint64_t stack,
                     std::uint64_t argument) {
    Result<std::uint16_t> number = named_environment(environment, right::Control);
    if (!number)
        return call_error(number.error());
    Environment& target = environments[*number];
    if (index >= target.vcore_count)
        return call_error(Error::OutOfRange);
    if (entry >= user_end || stack >= user_end)
        return call_error(Error::BadAddress);
    Vcore& vcore = *vcore_table[target.vcore[index]];
    if (vcore.state != VcoreState::Created || environment_infos[*number].state != EnvironmentState::Alive)
        return call_error(Error::WrongState);
    vcore.saved = {};
    vcore.saved.rip = entry;
    vcore.saved.rsp = stack;
    vcore.saved.rdi = argument;
    vcore.saved.rflags = rflags_user_fixed;
    vcore.saved.cs = user_code_selector;
    vcore.saved.ss = user_data_selector;
    vcore.state = VcoreState::Ready;
    info_of(vcore).state = VcoreState::Ready;
    kick(vcore);
    return 0;
}

void call::stop(TrapFrame& frame) {
    Handle handle = frame.rdi;
    Result<std::uint16_t> number = named_environment(handle, right::Control);
    if (!number) {
        frame.rax = static_cast<std::uint64_t>(call_error(number.error()));
        return;
    }
    Environment& target = environments[*number];
    EnvironmentInfo& info = environment_infos[*number];
    if (*number == steward_environment) {
        frame.rax = static_cast<std::uint64_t>(call_error(Error::WrongState));
        return;
    }
    if (info.state == EnvironmentState::Alive)
        environment_end(target, EnvironmentState::Stopped, frame.rsi);
    if (*number == caller()) {
        switch_away(frame, Extended::Drop);
        return;
    }
    Status status = std::unexpected(Error::Again);
    for (unsigned step = 0; step < steps_per_call && !status && status.error() == Error::Again; step++)
        status = environment_take_apart(target);
    frame.rax = static_cast<std::uint64_t>(call_word(status));
}

} // namespace exo
