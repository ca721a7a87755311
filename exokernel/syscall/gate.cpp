// call and reply: protected control transfer. The caller's time runs on in the callee's address space, at the
// callee's own entry point, with the words in registers; vector registers arrive and return in their initial state.
// Most transfers never come here: gate_transfer.cpp is the short way. This one is for refusals, for a callee or a
// caller with something to attend to, and for a reply to nobody.
#include "exokernel/syscall/gate.hpp"
#include "exokernel/cpu/scheduler.hpp"
#include "exokernel/cpu/switch.hpp"
#include "exokernel/syscall/dispatch.hpp"
#include "exokernel/syscall/resolve.hpp"

namespace exo {

void call::call(TrapFrame& frame) {
    Result<GateEntry> found = gate_entry_of(frame.rdi);
    if (!found) {
        frame.rax = static_cast<std::uint64_t>(call_error(found.error()));
        return;
    }
    Vcore& callee = *found->callee;
    Vcore& current = *this_core().current;
    TrapFrame& entry = callee.saved;
    entry = {};
    entry.vector = trap_vector_call;
    entry.rdi = found->badge;
    entry.rsi = frame.rsi;
    entry.rdx = frame.rdx;
    entry.r10 = frame.r10;
    entry.r8 = frame.r8;
    entry.rip = found->address;
    entry.rsp = found->stack;
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
    bool busy = has_wanted(current);
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
