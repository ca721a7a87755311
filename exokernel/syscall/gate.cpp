// call and reply: protected control transfer. The caller's time runs on in the callee's address space, at the
// callee's own entry point, with the words in registers; vector registers arrive and return in their initial state.
#include "exokernel/cpu/scheduler.hpp"
#include "exokernel/cpu/switch.hpp"
#include "exokernel/syscall/dispatch.hpp"
#include "exokernel/syscall/resolve.hpp"

namespace exo {

namespace {

Result<Vcore*> callee_of(Handle gate, std::uint64_t* badge) {
    Result<SlotRef> ref = own_capability(gate, Kind::Gate, right::Call);
    if (!ref)
        return std::unexpected(ref.error());
    std::uint64_t name = capabilities.at(*ref).first;
    std::uint64_t number = name >> 32;
    std::uint64_t index = name >> 16 & 0xffff;
    *badge = name & 0xffff;
    if (environment_infos[number].state != EnvironmentState::Alive)
        return std::unexpected(Error::Gone);
    const Environment& environment = environments[number];
    if (index >= environment.vcore_count)
        return std::unexpected(Error::Gone);
    Vcore* callee = vcore_table[environment.vcore[index]];
    if (callee->core != this_core().index)
        return std::unexpected(Error::WrongCore);
    std::uint64_t entry = callee->page->gate_entry;
    if (callee->state != VcoreState::Accepting || entry == 0 || entry >= user_end)
        return std::unexpected(Error::WrongState);
    return callee;
}

} // namespace

void call::call(TrapFrame& frame) {
    std::uint64_t badge = 0;
    Result<Vcore*> found = callee_of(frame.rdi, &badge);
    if (!found) {
        frame.rax = static_cast<std::uint64_t>(call_error(found.error()));
        return;
    }
    Vcore& callee = **found;
    Vcore& current = *this_core().current;
    TrapFrame& entry = callee.saved;
    entry = {};
    entry.vector = trap_vector_call;
    entry.rdi = badge;
    entry.rsi = frame.rsi;
    entry.rdx = frame.rdx;
    entry.r10 = frame.r10;
    entry.r8 = frame.r8;
    // Read once: the page is the callee's to change at any time.
    std::uint64_t address = __atomic_load_n(&callee.page->gate_entry, __ATOMIC_RELAXED);
    entry.rip = address < user_end ? address : 0;
    entry.rsp = __atomic_load_n(&callee.page->gate_stack, __ATOMIC_RELAXED);
    entry.rflags = rflags_user_fixed;
    entry.cs = user_code_selector;
    entry.ss = user_data_selector;
    callee.extended_saved = false;
    callee.caller = &current;
    current.callee = &callee;
    current.state = VcoreState::Calling;
    info_of(current).state = VcoreState::Calling;
    change_vcore(frame, callee, Extended::Drop);
}

void call::reply(TrapFrame& frame) {
    Core& core = this_core();
    Vcore& current = *core.current;
    Vcore* caller = current.caller;
    frame.rax = 0;
    // With something to attend to, the callee does not open its gate again but runs on from here when it gets time.
    bool busy = __atomic_load_n(&current.page->pending, __ATOMIC_ACQUIRE) & current.page->wanted;
    current.state = busy ? VcoreState::Ready : VcoreState::Accepting;
    info_of(current).state = current.state;
    if (!caller) {
        switch_away(frame, Extended::Drop);
        return;
    }
    current.caller = nullptr;
    caller->callee = nullptr;
    caller->saved.rax = frame.rdi;
    caller->saved.rsi = frame.rsi;
    caller->saved.rdx = frame.rdx;
    caller->saved.r10 = frame.r10;
    change_vcore(frame, *caller, Extended::Drop);
}

} // namespace exo
