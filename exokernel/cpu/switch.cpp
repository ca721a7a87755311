// See switch.hpp. Vector state by XSAVE in the standard format (Intel SDM 1 13.7-13.8).
#include "exokernel/cpu/switch.hpp"

#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/arch/x86_64/features.hpp"

namespace exo {

namespace {

// An XSAVE image whose header says that every part is in its initial state; MXCSR at its default (13.5.2).
struct alignas(64) InitialState {
    std::uint8_t legacy[512 + 64 + 64];
};
constinit InitialState initial_state = [] {
    InitialState state{};
    state.legacy[24] = 0x80; // MXCSR 0x1f80
    state.legacy[25] = 0x1f;
    return state;
}();

void xsave(std::byte* area) {
    // Safe: the area is 64-aligned and as long as CPUID says for these bits.
    asm volatile("xsave64 (%0)" ::"r"(area), "a"(static_cast<std::uint32_t>(features.xcr0)), "d"(0) : "memory");
}
void xrstor(const void* area) {
    // Safe: written by xsave, or the constant above.
    asm volatile("xrstor64 (%0)" ::"r"(area), "a"(static_cast<std::uint32_t>(features.xcr0)), "d"(0) : "memory");
}

} // namespace

void clear_extended() {
    xrstor(&initial_state);
}

void save_vcore(const TrapFrame& frame, Vcore& vcore, Extended extended, std::uint64_t ran_cycles) {
    vcore.saved = frame;
    vcore.fs_base = read_fs_base_instruction();
    vcore.gs_base = rdmsr(msr::kernel_gs_base);
    vcore.extended_saved = extended == Extended::Keep;
    if (vcore.extended_saved)
        xsave(vcore.extended);
    info_of(vcore).run_cycles += ran_cycles;
}

void restore_vcore(TrapFrame& frame, Vcore& vcore) {
    frame = vcore.saved;
    write_fs_base_instruction(vcore.fs_base);
    wrmsr(msr::kernel_gs_base, vcore.gs_base);
    if (vcore.extended_saved)
        xrstor(vcore.extended);
    else
        clear_extended();
}

void wake_due(Core& core) {
    std::uint64_t now = rdtsc();
    for (Vcore* vcore = core.first_vcore; vcore; vcore = vcore->next_of_core) {
        if (vcore->state == VcoreState::Waiting && vcore->wait_deadline_tsc && vcore->wait_deadline_tsc <= now) {
            vcore->state = VcoreState::Ready;
            info_of(*vcore).state = VcoreState::Ready;
            vcore->saved.rax = 0;
        }
        if (vcore->timer_deadline_tsc && vcore->timer_deadline_tsc <= now) {
            vcore->timer_deadline_tsc = 0;
            post(*vcore, pending::timer, 0);
        }
    }
}

} // namespace exo
