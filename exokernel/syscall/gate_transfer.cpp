// The short way of call and reply, when nothing else is to be done on it: the callee is open, whoever runs next has
// nothing to attend to. It moves the registers that such a transfer keeps and touches no timer, since the slice
// goes on. What it does not find as it needs it, it leaves untouched to the long way (gate.cpp).
#include "exokernel/syscall/gate.hpp"

#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/cpu/lock.hpp"
#include "exokernel/cpu/switch.hpp"
#include "secure-bindings/abi/call_numbers.hpp"

namespace exo {

namespace {

// Registers of who leaves into its own frame, so that any switch can bring it back behind its call.
void keep(const GateFrame& frame, Vcore& vcore) {
    TrapFrame& saved = vcore.saved;
    saved.r15 = frame.r15;
    saved.r14 = frame.r14;
    saved.r13 = frame.r13;
    saved.r12 = frame.r12;
    saved.rbp = frame.rbp;
    saved.rbx = frame.rbx;
    saved.rip = frame.rip;
    saved.rflags = frame.rflags;
    saved.rsp = frame.rsp;
    saved.vector = trap_vector_call;
    saved.cs = user_code_selector;
    saved.ss = user_data_selector;
}

void bring_back(GateFrame& frame, const Vcore& caller) {
    const TrapFrame& saved = caller.saved;
    frame.rax = frame.rdi; // the result; the words stay in rsi, rdx and r10
    frame.rdi = 0;
    frame.r8 = 0;
    frame.r15 = saved.r15;
    frame.r14 = saved.r14;
    frame.r13 = saved.r13;
    frame.r12 = saved.r12;
    frame.rbp = saved.rbp;
    frame.rbx = saved.rbx;
    frame.rip = saved.rip;
    frame.rflags = saved.rflags;
    frame.rsp = saved.rsp;
}

void enter_at(GateFrame& frame, const GateEntry& entry) {
    frame.rdi = entry.badge; // the words stay in rsi, rdx, r10 and r8
    frame.rax = 0;
    frame.r15 = frame.r14 = frame.r13 = frame.r12 = frame.rbp = frame.rbx = 0;
    frame.rip = entry.address;
    frame.rflags = rflags_user_fixed;
    frame.rsp = entry.stack;
}

// The core from its current vcore, which goes on in `left`, to `next`; all but the registers of a GateFrame.
void hand_over(Core& core, const GateFrame& frame, Vcore& next, VcoreState left) {
    Vcore& current = *core.current;
    keep(frame, current);
    std::uint64_t now = rdtsc();
    std::uint64_t gs_base = rdmsr(msr::kernel_gs_base);
    current.fs_base = read_fs_base_instruction();
    current.gs_base = gs_base;
    current.extended_saved = false;
    current.state = left;
    core.vcore_info->state = left;
    core.vcore_info->run_cycles += now - core.dispatched_tsc;
    give_core(core, next, now);
    write_fs_base_instruction(next.fs_base);
    if (next.gs_base != gs_base)
        wrmsr(msr::kernel_gs_base, next.gs_base);
    clear_extended();
}

bool enter_callee(Core& core, GateFrame& frame) {
    Vcore& current = *core.current;
    Result<GateEntry> found = gate_entry_of(frame.rdi);
    if (!found || has_wanted(*found->callee))
        return false;
    Vcore& callee = *found->callee;
    callee.caller = &current;
    current.callee = &callee;
    [[clang::always_inline]] hand_over(core, frame, callee, VcoreState::Calling);
    enter_at(frame, *found);
    return true;
}

bool return_to_caller(Core& core, GateFrame& frame) {
    Vcore& current = *core.current;
    Vcore* caller = current.caller;
    if (!caller || caller->state != VcoreState::Calling || has_wanted(current) || has_wanted(*caller))
        return false;
    current.caller = nullptr;
    caller->callee = nullptr;
    [[clang::always_inline]] hand_over(core, frame, *caller, VcoreState::Accepting);
    bring_back(frame, *caller);
    return true;
}

} // namespace

// From trap_entry.S: true when `frame` now holds the registers of who runs on.
extern "C" bool gate_transfer(GateFrame* frame) {
    KernelLockGuard guard;
    Core& core = this_core();
    VcoreInfo& info = *core.vcore_info;
    bool calling = frame->rax == call_base + static_cast<std::uint32_t>(CallNumber::call);
    bool done = calling ? enter_callee(core, *frame) : return_to_caller(core, *frame);
    if (done) {
        core.counters->calls++;
        info.calls++;
    }
    return done;
}

} // namespace exo
