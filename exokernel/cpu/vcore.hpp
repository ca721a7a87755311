// A vcore: one execution context of an environment on one core. Lives in a frame of its environment that
// only the kernel can reach (FrameType::VcoreState); everything to resume it is here, nothing about what it runs.
#pragma once

#include "exokernel/cpu/trap_frame.hpp"
#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/abi/upcall.hpp"

namespace exo {

struct Vcore {
    TrapFrame saved;
    std::uint64_t fs_base;
    std::uint64_t gs_base;
    UpcallPage* page; // through the direct map; the frame is pinned
    std::uint64_t upcall_frame;
    std::uint64_t state_frame;
    std::uint64_t wait_deadline_tsc;  // while Waiting; 0: none
    std::uint64_t wait_bits;          // while Waiting: of pending::, any of which ends it
    std::uint64_t timer_deadline_tsc; // 0: off
    std::uint64_t debt_cycles;
    std::uint64_t debt_paid_slot; // the last slot that was withheld from it for its debt
    Vcore* next_of_core;
    Vcore* caller;        // who waits in call for this one's reply
    Vcore* callee;        // whom this one called
    std::uint16_t number; // in vcore_table and the info pages
    std::uint16_t environment;
    std::uint16_t index; // within the environment
    std::uint16_t core;
    VcoreState state;
    bool extended_saved; // the area below holds its vector state; else it starts from the initial state
    bool sysret;         // left the kernel's hands in a call: rcx and r11 do not matter
    // XSAVE area: x87, SSE, AVX and AVX-512 in the standard format (Intel SDM 1 13.4) fit in it.
    alignas(64) std::byte extended[2752];
};
static_assert(sizeof(Vcore) <= page_bytes);

extern Vcore* vcore_table[max_vcores];

} // namespace exo
