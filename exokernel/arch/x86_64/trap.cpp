// What each trap means. From user mode: an exception becomes an upcall, an interrupt is the
// kernel's own business. From ring 0: a wait for work, a copy that found a bad user page, or our bug.
#include "exokernel/arch/x86_64/trap.hpp"

#include "exokernel/arch/x86_64/apic.hpp"
#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/arch/x86_64/features.hpp"
#include "exokernel/cpu/lock.hpp"
#include "exokernel/cpu/switch.hpp"
#include "exokernel/event/interrupts.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/tlb.hpp"
#include "exokernel/memory/user_access.hpp"
#include "exokernel/syscall/dispatch.hpp"

namespace exo {

namespace {

constexpr std::uint64_t vector_bad_reflection = 257; // as trap_entry.S pushes it
constexpr std::uint64_t vector_nmi = 2, vector_double_fault = 8, vector_page_fault = 14;
constexpr std::uint64_t vectors_with_error_code = 0x6022'7d00; // Intel SDM 6.13
constexpr std::uint64_t no_error_code = ~0ull;                 // what trap_entry.S pushes when one is missing
constexpr std::uint8_t leave_by_iret = 0;
constexpr std::uint8_t leave_by_sysret = 1;

// An interrupt on the vector of an exception: nobody sends one, but where the IOMMU lets a function's forged messages
// through they can have any vector, and must not pass for a fault of whoever was running.
bool is_stray_interrupt(const TrapFrame& frame) {
    if (vectors_with_error_code >> frame.vector & 1)
        return frame.error_code == no_error_code;
    return apic_in_service(static_cast<std::uint8_t>(frame.vector));
}

// What the chip set reports with an NMI: a parity or a bus error (system control port B, bits 7 and 6). An NMI
// without a reason comes from nobody who may send one.
bool hardware_error() {
    constexpr std::uint16_t system_control_b = 0x61;
    return in8(system_control_b) & 0xc0;
}

void kernel_trap(TrapFrame& frame) {
    if (frame.vector == vector_page_fault || frame.vector == 13) {
        if (std::uint64_t fixup = user_access_fixup(frame.rip)) {
            frame.rip = fixup;
            return;
        }
    }
    panic("exception %lu in ring 0, error code %lx, rip %lx, address %lx, rsp %lx (%s)", frame.vector, frame.error_code,
          frame.rip, read_cr2(), frame.rsp, [&frame] {
              std::uint64_t offset;
              const char* name = symbol_name(frame.rip, &offset);
              return name ? name : "?";
          }());
}

// An exception from user mode. No lock: it concerns this vcore alone, unless the contract is broken.
std::uint8_t user_exception(TrapFrame& frame, Core& core) {
    core.counters->exceptions++;
    core.vcore_info->exceptions++;
    std::uint64_t address = frame.vector == vector_page_fault ? read_cr2() : 0;
    if (frame.vector != vector_bad_reflection &&
        make_upcall(frame, *core.upcall, {frame.vector, frame.error_code, address}))
        return leave_by_sysret;
    KernelLockGuard guard;
    environment_fault(environments[core.current->environment], {frame.vector, frame.rip, address, frame.error_code});
    switch_away(frame, Extended::Drop);
    return leave_by_iret;
}

// Interrupts, from user mode or from the idle loop.
void interrupt(TrapFrame& frame, Core& core, bool from_user) {
    if (frame.vector == ipi_vector) {
        core.counters->ipis++;
        tlb_answer();
    } else if (frame.vector == timer_vector) {
        core.counters->timer_interrupts++;
        core.timer_armed_tsc = 0; // even when it came early: whoever looks next sets it again
    } else if (frame.vector >= device_vector_first && frame.vector < device_vector_end) {
        core.counters->device_interrupts++;
    }
    // One that really is spurious is not in service.
    if (frame.vector != spurious_vector || apic_in_service(spurious_vector))
        apic_end_of_interrupt();
    if (!from_user) {
        // The idle loop looks at everything itself once it has the lock again.
        if (frame.vector >= device_vector_first && frame.vector < device_vector_end) {
            KernelLockGuard guard;
            interrupt_arrived(core, static_cast<std::uint8_t>(frame.vector));
        }
        return;
    }
    core.vcore_info->interrupts++;
    KernelLockGuard guard;
    if (frame.vector >= device_vector_first && frame.vector < device_vector_end)
        interrupt_arrived(core, static_cast<std::uint8_t>(frame.vector));
    if (core.current->state != VcoreState::Running) {
        // Another core ended this environment, or took the vcore's time for good.
        switch_away(frame, Extended::Keep);
    } else if (frame.vector == timer_vector) {
        clock_tick(frame);
    } else if (frame.vector == ipi_vector) {
        // Someone became ready or a wheel changed: the running vcore may have to hand over now.
        Vcore* next = pick(core);
        if (next && next != core.current && core.grace_end_tsc == 0) {
            core.current->state = VcoreState::Ready;
            info_of(*core.current).state = VcoreState::Ready;
            switch_to(frame, *next, Extended::Keep);
        } else {
            set_core_timer(core);
        }
    }
    deliver_pending(frame, *core.current);
}

} // namespace

extern "C" std::uint8_t trap_dispatch(TrapFrame* frame) {
    if (features.smap)
        asm volatile("clac"); // Safe: user mode may have set AC; the kernel runs without it.
    Core& core = this_core();
    bool from_user = frame->cs & 3;
    if (frame->vector == trap_vector_call)
        return full_system_call(*frame);
    if (frame->vector < 32 && is_stray_interrupt(*frame)) {
        apic_end_of_interrupt();
        return leave_by_iret;
    }
    if (frame->vector < 32 || frame->vector == vector_bad_reflection) {
        if (from_user)
            return user_exception(*frame, core);
        kernel_trap(*frame);
        return leave_by_iret;
    }
    if (!from_user && !core.idle)
        panic("interrupt %lu in ring 0 at %lx", frame->vector, frame->rip);
    interrupt(*frame, core, from_user);
    return leave_by_iret;
}

// NMI, #DB, #MC, #DF. From user mode #DB is the library OS's; the others, and all from ring 0, are fatal,
// except a #DB that user code arranged to arrive at the first instruction of the system-call entry.
extern "C" void trap_paranoid_dispatch(TrapFrame* frame) {
    if (is_stray_interrupt(*frame)) {
        apic_end_of_interrupt();
        return;
    }
    if (frame->vector == 1) {
        asm volatile("mov %0, %%dr6" ::"r"(0xffff'0ff0ull)); // Safe: clears the debug status only.
        if (frame->cs & 3) {
            Core& core = this_core();
            core.counters->exceptions++;
            if (make_upcall(*frame, *core.upcall, {1, 0, 0}))
                return;
            frame->rflags &= ~0x100ull; // a masked vcore cannot be stepped
            return;
        }
        frame->rflags &= ~0x100ull;
        return;
    }
    if (frame->vector == vector_nmi && !hardware_error())
        return;
    panic("%s at %lx (cs %lx)",
          frame->vector == vector_nmi            ? "hardware error"
          : frame->vector == vector_double_fault ? "double fault"
                                                 : "machine check",
          frame->rip, frame->cs);
}

} // namespace exo
